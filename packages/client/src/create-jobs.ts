import { childUrl } from "./child-url.ts";
import type { Parameters } from "./parameters.ts";
import { isObject, objectsIn, parseJson, textIn } from "./read-json.ts";
import { isRemotePhase, type RemotePhase } from "./remote-job.ts";

/** One job of a batch; its parameters go as JSON, so that they keep their types. */
export interface NewJob {
  readonly parameters?: Parameters | undefined;
  /** Start it at once. */
  readonly run?: boolean | undefined;
  readonly runId?: string | undefined;
  /** Seconds that it may run; 0 = unlimited. The server may allow less. */
  readonly executionDuration?: number | undefined;
  /** When it and its results may go. */
  readonly destruction?: Date | undefined;
}

/** What a batch has made of one of its jobs. */
export interface CreatedJob {
  readonly jobId: string;
  /** Absolute URL of the job. */
  readonly href: string;
  /** Undefined of a job that an earlier request with the same key has made, and that is gone since. */
  readonly phase: RemotePhase | undefined;
}

/** A batch as bun-uws takes it. */
export function batchOf(jobs: readonly NewJob[]): object {
  return {
    jobs: jobs.map(({ parameters = {}, run, runId, executionDuration, destruction }) => ({
      parameters,
      runId,
      executionDuration,
      destruction: destruction?.toISOString(),
      phase: run === true ? "RUN" : undefined,
    })),
  };
}

/**
 * Reads the answer to a batch.
 * @throws Error when it is something else
 */
export function readCreatedJobs(document: string, url: string): CreatedJob[] {
  const answer = parseJson(document);
  if (!isObject(answer) || !Array.isArray(answer.jobs)) throw new Error("no list of jobs");
  return objectsIn(answer, "jobs").map((job) => {
    const jobId = textIn(job, "jobId");
    const phase = textIn(job, "phase");
    if (jobId === undefined) throw new Error("a job without an id");
    const href = textIn(job, "href") ?? childUrl(new URL(".", url).href, jobId);
    return {
      jobId,
      href: new URL(href, url).href,
      phase: phase !== undefined && isRemotePhase(phase) ? phase : undefined,
    };
  });
}
