import { childUrl } from "./child-url.ts";
import { isObject, type JsonObject, numberIn, objectIn, objectsIn, parseJson, textIn, timeIn } from "./read-json.ts";
import {
  isRemotePhase,
  type RemoteAttempt,
  type RemoteErrorSummary,
  type RemoteJob,
  type RemoteParameter,
  type RemoteResult,
} from "./remote-job.ts";

/**
 * Reads a job as bun-uws has it in JSON.
 * @throws Error when it is something else
 */
export function readJobJson(document: string, url: string): RemoteJob {
  const job = parseJson(document);
  if (!isObject(job)) throw new Error("no JSON object");
  const jobId = textIn(job, "jobId");
  const phase = textIn(job, "phase");
  if (jobId === undefined || jobId === "") throw new Error("no jobId");
  if (phase === undefined || !isRemotePhase(phase)) throw new Error(`no such phase: ${phase}`);
  return {
    jobId,
    runId: textIn(job, "runId"),
    ownerId: textIn(job, "ownerId"),
    phase,
    quote: timeIn(job, "quote"),
    creationTime: timeIn(job, "creationTime"),
    startTime: timeIn(job, "startTime"),
    endTime: timeIn(job, "endTime"),
    executionDuration: numberIn(job, "executionDuration") ?? 0,
    destruction: timeIn(job, "destruction"),
    parameters: objectsIn(job, "parameters").map(readParameterJson),
    results: objectsIn(job, "results").map((result) => resultOf(result, url)),
    errorSummary: errorSummaryOf(objectIn(job, "errorSummary")),
    progress: progressOf(objectIn(job, "progress")),
    attempt: numberIn(job, "attempt"),
    worker: textIn(job, "worker"),
    type: textIn(job, "type"),
    typeVersion: textIn(job, "typeVersion"),
    ahead: numberIn(objectIn(job, "queue") ?? {}, "ahead"),
    attempts: Array.isArray(job.attempts) ? objectsIn(job, "attempts").map(attemptOf) : undefined,
  };
}

/** Reads a list of results, or an object that has one. */
export function readResultsJson(document: string, url: string): RemoteResult[] {
  const value = parseJson(document);
  const results = isObject(value) ? value.results : value;
  if (!Array.isArray(results)) throw new Error("no results");
  return results.filter(isObject).map((result) => resultOf(result, url));
}

/** Reads a parameter as bun-uws has it in JSON. */
export function readParameterJson(parameter: JsonObject): RemoteParameter {
  const byReference = parameter.byReference === true;
  return {
    name: textIn(parameter, "name") ?? "",
    value: textIn(parameter, byReference ? "href" : "value") ?? "",
    byReference,
    mediaType: textIn(parameter, "mediaType"),
    size: numberIn(parameter, "size"),
  };
}

function attemptOf(attempt: JsonObject): RemoteAttempt {
  return {
    number: numberIn(attempt, "number") ?? 0,
    worker: textIn(attempt, "worker") ?? "",
    startTime: timeIn(attempt, "startTime"),
    endTime: timeIn(attempt, "endTime"),
    outcome: textIn(attempt, "outcome"),
    message: textIn(attempt, "message"),
  };
}

function resultOf(result: JsonObject, url: string): RemoteResult {
  const id = textIn(result, "id") ?? "";
  return {
    id,
    href: new URL(textIn(result, "href") ?? childUrl(url, "results", id), url).href,
    mediaType: textIn(result, "mediaType"),
    size: numberIn(result, "size"),
  };
}

function errorSummaryOf(summary: JsonObject | undefined): RemoteErrorSummary | undefined {
  if (summary === undefined) return undefined;
  return {
    type: summary.type === "transient" ? "transient" : "fatal",
    hasDetail: summary.hasDetail === true,
    message: textIn(summary, "message") ?? "",
  };
}

function progressOf(progress: JsonObject | undefined): RemoteJob["progress"] {
  const fraction = progress && numberIn(progress, "fraction");
  if (progress === undefined || fraction === undefined) return undefined;
  return { fraction, message: textIn(progress, "message") ?? "", counters: numbersIn(objectIn(progress, "counters")) };
}

function numbersIn(counters: JsonObject = {}): Readonly<Record<string, number>> {
  const numbers = Object.entries(counters).filter((entry): entry is [string, number] => typeof entry[1] === "number");
  return Object.fromEntries(numbers);
}
