import type { RemoteJob, RemoteResult } from "@uws/client";
import { table } from "../table.ts";
import { printable } from "./printable.ts";
import { shownTime } from "./times.ts";

/** A job as a person reads it. */
export function jobText(job: RemoteJob, url: string): string {
  const { progress, errorSummary } = job;
  const lines: (readonly [name: string, value: string | undefined])[] = [
    ["Job", url],
    ["Phase", job.phase],
    ["Run id", job.runId],
    ["Owner", job.ownerId],
    ["Created", shownTime(job.creationTime)],
    ["Started", shownTime(job.startTime)],
    ["Ended", shownTime(job.endTime)],
    ["Expected", job.endTime === undefined ? shownTime(job.quote) : undefined],
    ["May run", job.executionDuration === 0 ? "as long as it takes" : `${job.executionDuration} s`],
    ["Kept until", shownTime(job.destruction)],
    ["Progress", progress && `${Math.round(progress.fraction * 100)} % ${progress.message}`],
    ["Attempt", job.attempt === undefined || job.attempt < 2 ? undefined : String(job.attempt)],
    ["Worker", job.worker],
    ["Error", errorSummary && `${errorSummary.message} (${errorSummary.type})`],
  ];
  const known = lines.flatMap(([name, value]) =>
    value === undefined ? [] : [`${name.padEnd(12)}${printable(value)}`],
  );
  const parameters = job.parameters.map(({ name, value, byReference }) => [
    name,
    byReference ? `@ ${value}` : short(value),
  ]);
  return [
    known.join("\n"),
    ...(parameters.length === 0 ? [] : [table(["PARAMETER", "VALUE"], parameters)]),
    ...(job.results.length === 0 ? [] : [resultsText(job.results)]),
  ].join("\n\n");
}

export function resultsText(results: readonly RemoteResult[]): string {
  if (results.length === 0) return "There are no results.";
  return table(
    ["RESULT", "TYPE", "BYTES", "URL"],
    results.map(({ id, mediaType, size, href }) => [id, mediaType, size?.toString(), href]),
  );
}

/** Why a job failed, in a sentence. */
export function failureText({ errorSummary }: RemoteJob, detail: string | undefined): string {
  return detail?.trim() || errorSummary?.message || "The server gives no reason.";
}

function short(value: string): string {
  return value.length > 200 ? `${value.slice(0, 200).toWellFormed()}…` : value;
}
