import { absoluteUrl } from "./absolute-url.ts";
import { childUrl } from "./child-url.ts";
import { isObject, type JsonObject, numberIn, objectIn, objectsIn, textIn, timeIn } from "./read-json.ts";
import { isRemotePhase, type RemoteJobReference, type RemoteProgress, type RemoteResult } from "./remote-job.ts";

/** A job as a page of a list of bun-uws shows it when it is asked for summaries. */
export interface RemoteJobSummary extends RemoteJobReference {
  /** The job type. */
  readonly type: string | undefined;
  readonly startTime: Date | undefined;
  readonly endTime: Date | undefined;
  readonly destruction: Date | undefined;
  readonly progress: RemoteProgress | undefined;
  /** The first ones. */
  readonly parameters: readonly SummarizedParameter[];
  /** How many there are altogether. */
  readonly parameterCount: number;
  /** The first ones. */
  readonly results: readonly RemoteResult[];
  readonly resultCount: number;
  /** The beginning of the error message. */
  readonly error: string | undefined;
}

export interface SummarizedParameter {
  readonly name: string;
  /** Undefined of an uploaded one. */
  readonly value: string | undefined;
  /** Whether the value is longer than that. */
  readonly cut: boolean;
  /** Bytes of an uploaded one. */
  readonly size: number | undefined;
}

export interface JobPage {
  readonly jobs: readonly RemoteJobSummary[];
  /** Where the next page begins; undefined: this was the last one. */
  readonly next: string | undefined;
}

/**
 * Reads a page with summaries.
 * @throws Error when it is something else
 */
export function readJobPage(page: unknown, url: string): JobPage {
  if (!isObject(page) || !Array.isArray(page.jobs)) throw new Error("no page of a job list");
  const next = textIn(page, "next");
  return {
    jobs: objectsIn(page, "jobs").map((job) => readSummary(job, url)),
    next: next === undefined ? undefined : (new URL(next, url).searchParams.get("cursor") ?? undefined),
  };
}

function readSummary(job: JsonObject, list: string): RemoteJobSummary {
  const jobId = textIn(job, "jobId");
  const phase = textIn(job, "phase");
  if (jobId === undefined || phase === undefined || !isRemotePhase(phase)) throw new Error("a job without id or phase");
  const href = absoluteUrl(textIn(job, "href") ?? childUrl(list, jobId), list) ?? childUrl(list, jobId);
  const summary = objectIn(job, "summary") ?? {};
  const progress = objectIn(summary, "progress");
  const parameters = objectsIn(summary, "parameters").map((parameter) => ({
    name: textIn(parameter, "name") ?? "",
    value: textIn(parameter, "value"),
    cut: parameter.cut === true,
    size: numberIn(parameter, "size"),
  }));
  const results = objectsIn(summary, "results").map((result) => {
    const id = textIn(result, "id") ?? "";
    const link = absoluteUrl(textIn(result, "href") ?? "", href) ?? childUrl(href, "results", id);
    return { id, href: link, mediaType: textIn(result, "mediaType"), size: numberIn(result, "size") };
  });
  return {
    jobId,
    href,
    phase,
    runId: textIn(job, "runId"),
    ownerId: textIn(job, "ownerId"),
    creationTime: timeIn(job, "creationTime"),
    type: textIn(job, "type"),
    startTime: timeIn(summary, "startTime"),
    endTime: timeIn(summary, "endTime"),
    destruction: timeIn(summary, "destruction"),
    progress: progress && {
      fraction: numberIn(progress, "fraction") ?? 0,
      message: textIn(progress, "message") ?? "",
    },
    parameters,
    parameterCount: numberIn(summary, "parameterCount") ?? parameters.length,
    results,
    resultCount: numberIn(summary, "resultCount") ?? results.length,
    error: textIn(summary, "error"),
  };
}
