import { childUrl } from "./child-url.ts";
import {
  isRemotePhase,
  type RemoteErrorSummary,
  type RemoteJob,
  type RemoteJobReference,
  type RemoteParameter,
  type RemotePhase,
  type RemoteProgress,
  type RemoteResult,
} from "./remote-job.ts";
import { childOf, childrenOf, parseXml, textOf, type XmlElement } from "./xml-tree.ts";

/**
 * Reads `uws:job` of any UWS 1.0 or 1.1 server.
 * @param url of the document: links in it may be relative
 * @throws Error when it is something else
 */
export function readJobXml(document: string, url: string): RemoteJob {
  const job = rootOf(document, "job");
  const info = childOf(job, "jobInfo");
  return {
    jobId: required(trimmed(job, "jobId"), "jobId"),
    runId: textOf(job, "runId"),
    ownerId: textOf(job, "ownerId"),
    phase: phaseOf(job),
    quote: timeOf(job, "quote"),
    creationTime: timeOf(job, "creationTime"),
    startTime: timeOf(job, "startTime"),
    endTime: timeOf(job, "endTime"),
    executionDuration: numberOf(trimmed(job, "executionDuration")) ?? 0,
    destruction: timeOf(job, "destruction"),
    parameters: childrenOf(childOf(job, "parameters"), "parameter").map(readParameter),
    results: resultsIn(childOf(job, "results"), url),
    errorSummary: readErrorSummary(childOf(job, "errorSummary")),
    progress: readProgress(childOf(info, "progress")),
    attempt: numberOf(trimmed(info, "attempt")),
    worker: textOf(info, "worker"),
  };
}

/** Reads `uws:jobs`; see `readJobXml`. */
export function readJobList(document: string, url: string): RemoteJobReference[] {
  return childrenOf(rootOf(document, "jobs"), "jobref").map((reference) => {
    const jobId = required(reference.attributes.id, "jobref without id");
    return {
      jobId,
      href: new URL(reference.attributes.href ?? childUrl(url, jobId), url).href,
      phase: phaseOf(reference),
      runId: textOf(reference, "runId"),
      ownerId: textOf(reference, "ownerId"),
      creationTime: timeOf(reference, "creationTime"),
    };
  });
}

/** Reads `uws:results`; see `readJobXml`. */
export function readResultsXml(document: string, url: string): RemoteResult[] {
  return resultsIn(rootOf(document, "results"), url);
}

function rootOf(document: string, name: string): XmlElement {
  const root = parseXml(document);
  if (root.name !== name) throw new Error(`the root element is ${root.name}, not ${name}`);
  return root;
}

function readParameter({ attributes, text }: XmlElement): RemoteParameter {
  const byReference = attributes.byReference === "true" || attributes.byReference === "1";
  return { name: attributes.id ?? "", value: byReference ? text.trim() : text, byReference };
}

function resultsIn(results: XmlElement | undefined, url: string): RemoteResult[] {
  return childrenOf(results, "result").map(({ attributes }) => {
    const id = attributes.id ?? "";
    return {
      id,
      href: new URL(attributes.href ?? childUrl(url, "results", id), url).href,
      mediaType: attributes["mime-type"],
      size: numberOf(attributes.size),
    };
  });
}

function readErrorSummary(summary: XmlElement | undefined): RemoteErrorSummary | undefined {
  // UWS 1.0 servers have been seen to show an empty one on every job.
  if (summary === undefined || summary.attributes.nil === "true") return undefined;
  const { type, hasDetail } = summary.attributes;
  if (type === undefined && summary.children.length === 0) return undefined;
  return {
    type: type === "transient" ? "transient" : "fatal",
    hasDetail: hasDetail === "true" || hasDetail === "1",
    message: textOf(summary, "message") ?? "",
  };
}

function readProgress(progress: XmlElement | undefined): RemoteProgress | undefined {
  const fraction = numberOf(trimmed(progress, "fraction"));
  return fraction === undefined ? undefined : { fraction, message: textOf(progress, "message") ?? "" };
}

function phaseOf(parent: XmlElement): RemotePhase {
  const phase = trimmed(parent, "phase");
  if (phase === undefined || !isRemotePhase(phase)) throw new Error(`no such phase: ${phase}`);
  return phase;
}

function trimmed(parent: XmlElement | undefined, name: string): string | undefined {
  return textOf(parent, name)?.trim();
}

function numberOf(text: string | undefined): number | undefined {
  const value = text === undefined || text === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** UWS times are UTC, with or without a Z (UWS 1.1, section 2.1.13), which JavaScript would take for local time. */
function timeOf(parent: XmlElement, name: string): Date | undefined {
  const text = trimmed(parent, name);
  if (text === undefined) return undefined;
  const time = new Date(/[T ]\d.*(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text.replace(" ", "T")}Z`);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

function required(text: string | undefined, what: string): string {
  if (text === undefined || text === "") throw new Error(`no ${what}`);
  return text;
}
