import { readJobJson, readResultsJson } from "./read-job-json.ts";
import { readJobXml, readResultsXml } from "./read-job-xml.ts";
import type { RemoteJob, RemoteResult } from "./remote-job.ts";

/**
 * Reads a job: `uws:job` of any UWS 1.0 or 1.1 server, or the JSON of bun-uws. A document tells by itself which it is.
 * @param url of the document: links in it may be relative
 * @throws Error when it is something else
 */
export function readJob(document: string, url: string): RemoteJob {
  return isJson(document) ? readJobJson(document, url) : readJobXml(document, url);
}

/** Reads the results of a job; see `readJob`. */
export function readResults(document: string, url: string): RemoteResult[] {
  return isJson(document) ? readResultsJson(document, url) : readResultsXml(document, url);
}

function isJson(document: string): boolean {
  return /^\s*[[{]/.test(document);
}
