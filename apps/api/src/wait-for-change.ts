import { blocksWait, isTerminal, type Job } from "@uws/core";
import type { Wait } from "@uws/representation";
import type { StoredJob } from "@uws/store";
import { findJob, type ServiceExchange } from "./exchange.ts";
import { waitAtMost } from "./wait-at-most.ts";
import { watchJob } from "./watch-job.ts";

/**
 * Reads a job, at once or as soon as its phase changes (UWS 1.1, section 2.2.1.1). Blocks only in phases that promise a
 * change, and only while the job is in the phase that the client names. Where too many wait already, the answer comes early,
 * which the standard allows; and when the server stops, or the client leaves, it comes at once.
 */
export async function jobAfterWait(exchange: ServiceExchange, wait: Wait | undefined): Promise<StoredJob> {
  return await jobWhen(exchange, wait?.seconds ?? 0, ({ phase }, first) => {
    return phase !== first.phase || !blocksWait(phase) || (wait?.phase !== undefined && wait.phase !== phase);
  });
}

/** Reads a job, as soon as it has ended or waits for its client, but not later than after so many seconds; limits as above. */
export async function jobAtEnd(exchange: ServiceExchange, seconds: number): Promise<StoredJob> {
  return await jobWhen(exchange, seconds, ({ phase }) => isTerminal(phase) || phase === "PENDING" || phase === "HELD");
}

async function jobWhen(
  exchange: ServiceExchange,
  seconds: number,
  holds: (job: Job, first: Job) => boolean,
): Promise<StoredJob> {
  if (seconds === 0) return await findJob(exchange);
  const watch = watchJob(exchange, false);
  if (watch === undefined) return await findJob(exchange);
  const end = performance.now() + seconds * 1000;
  const { stopping } = exchange.api;
  const { signal } = exchange.request;
  try {
    let first: StoredJob | undefined;
    for (;;) {
      watch.rearm();
      const job = await findJob(exchange);
      first ??= job;
      const over = performance.now() >= end || stopping.aborted || signal.aborted;
      if (over || holds(job, first)) return job;
      watch.saw(job.phase);
      await waitAtMost(watch.changed(), end - performance.now(), signal);
    }
  } finally {
    watch.close();
  }
}
