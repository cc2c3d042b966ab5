import { blocksWait, type Job } from "@uws/core";
import type { Wait } from "@uws/representation";
import { findJob, type ServiceExchange } from "./exchange.ts";
import { waitAtMost } from "./wait-at-most.ts";

/**
 * Reads a job, at once or as soon as its phase changes (UWS 1.1, section 2.2.1.1). Blocks only in phases that promise a
 * change, and only while the job is in the phase that the client names. Where too many wait already, the answer comes early,
 * which the standard allows; and when the server stops, or the client leaves, it comes at once.
 */
export async function jobAfterWait(exchange: ServiceExchange, wait: Wait | undefined): Promise<Job> {
  if (wait === undefined || wait.seconds === 0) return await findJob(exchange);
  const watch = exchange.api.waiters.watch(exchange.path.id, false);
  if (watch === undefined) return await findJob(exchange);
  const end = performance.now() + wait.seconds * 1000;
  const { stopping } = exchange.api;
  const { signal } = exchange.request;
  try {
    let first: Job | undefined;
    for (;;) {
      watch.rearm();
      const job = await findJob(exchange);
      first ??= job;
      const over = performance.now() >= end || stopping.aborted || signal.aborted;
      if (over || job.phase !== first.phase || !blocksWait(job.phase)) return job;
      if (wait.phase !== undefined && wait.phase !== job.phase) return job;
      watch.saw(job.phase);
      await waitAtMost(watch.changed(), end - performance.now(), stopping, signal);
    }
  } finally {
    watch.close();
  }
}
