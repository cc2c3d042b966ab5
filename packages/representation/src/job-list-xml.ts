import type { JobReference } from "@uws/core";
import { ownerElement } from "./job-xml.ts";
import { jobUrl } from "./links.ts";
import { rootNamespaces } from "./namespaces.ts";
import { formatTime } from "./time.ts";
import { element, startTag, textElement, xmlDeclaration } from "./xml.ts";

/**
 * A job list as `uws:jobs` (UWS 1.1, section 2.2.2), one piece of text per batch of jobs, an empty one where the
 * batch is: a million jobs do not need a million rows in memory.
 * @param listUrl absolute URL of the job list, no slash at its end
 */
export async function* jobListXml(
  jobs: AsyncIterable<readonly JobReference[]>,
  listUrl: string,
): AsyncGenerator<string, void, undefined> {
  yield `${xmlDeclaration}${startTag("uws:jobs", { ...rootNamespaces, version: "1.1" })}\n`;
  for await (const batch of jobs) {
    yield batch.map((job) => jobrefElement(job, listUrl)).join("");
  }
  yield "</uws:jobs>\n";
}

function jobrefElement(job: JobReference, listUrl: string): string {
  const markup = [
    textElement("uws:phase", job.phase),
    job.runId === undefined ? "" : textElement("uws:runId", job.runId),
    ownerElement(job.owner),
    textElement("uws:creationTime", formatTime(job.creationTime)),
  ].join("");
  return `${element("uws:jobref", { id: job.id, "xlink:type": "simple", "xlink:href": jobUrl(listUrl, job.id) }, markup)}\n`;
}
