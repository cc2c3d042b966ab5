import { type JobContext, JobFailure, type JobInterrupted } from "@uws/worker";
import { runSteps } from "./steps.ts";

/** The handler of the conformance worker, written with the SDK. */
export async function conformance(job: JobContext): Promise<void> {
  const { jobId, runId, owner, jobType, jobTypeVersion: version, attempt, deadline, traceContext } = job;
  const timeAllowedMs = deadline ? Math.max(0, deadline.getTime() - Date.now()) : null;
  const { traceparent = null } = traceContext;
  let last: Uint8Array | undefined;
  await runSteps({
    parameters: job.parameters.entries(),
    facts: { jobId, runId: runId ?? null, owner: owner ?? null, jobType, version, attempt, timeAllowedMs, traceparent },
    checkpoint: job.checkpoint,
    signal: job.signal,
    reason: () => (job.signal.reason as JobInterrupted).code.replace("-", "_"),
    hasOwnThread: process.env.UWS_JOBS === "process",
    progress: (fraction, message) => job.progress(fraction, message),
    log: (level, message) => job.log[level](message),
    result: (id, mediaType, data) => job.result(id, data, mediaType),
    reference: (id, url) => job.result(id, { reference: url }, "text/plain"),
    saveCheckpoint: (state) => {
      last = state;
      job.saveCheckpoint(state);
    },
    fail: (kind, message, retryDelayMs) => {
      throw new JobFailure(message, retryDelayMs === undefined ? { kind } : { kind, retryable: true, retryDelayMs });
    },
    release: (reason) => job.release(reason, last),
  });
}
