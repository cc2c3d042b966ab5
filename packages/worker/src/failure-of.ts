import { inspect } from "node:util";
import { JobFailure } from "./job-failure.ts";
import { JobReleased } from "./job-released.ts";

/** What a handler threw, as a failure. */
export function failureOf(error: unknown): JobFailure {
  if (isJobFailure(error)) return error;
  if (error instanceof Error)
    return new JobFailure(error.message || error.name, { detail: error.stack ?? inspect(error) });
  return new JobFailure(String(error), { detail: inspect(error) });
}

// A bundled worker and the bundle of its handler have each a copy of our classes: names tell them as well.

function isJobFailure(error: unknown): error is JobFailure {
  return error instanceof JobFailure || (error instanceof Error && error.name === "JobFailure" && "retryable" in error);
}

/** Whether the handler gave its job back. */
export function isJobReleased(error: unknown): error is JobReleased {
  return error instanceof JobReleased || (error instanceof Error && error.name === "JobReleased");
}
