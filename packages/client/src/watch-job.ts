import { delay } from "./delay.ts";
import { UwsClientError } from "./errors.ts";
import type { RemoteJob } from "./remote-job.ts";
import { DeadlineError, withDeadline } from "./with-deadline.ts";

export interface WatchOptions {
  readonly signal?: AbortSignal | undefined;
  /** Seconds for which one request asks the server to wait. Default 30: proxies like to cut at 60. */
  readonly waitSeconds?: number | undefined;
  /**
   * Milliseconds between requests that the server answers at once: one that knows no WAIT (UWS 1.0), or a phase in which
   * it does not block. It grows to ten times as much while nothing changes. Default 1000.
   */
  readonly pollMilliseconds?: number | undefined;
  /**
   * Milliseconds of silence, beyond those for which the server was asked to wait, after which a connection counts as lost
   * and another one is made. Default 60000.
   */
  readonly silenceMilliseconds?: number | undefined;
}

/** As many milliseconds of silence as a connection may have; servers give a sign of life several times a minute. */
export const silenceAllowed = 60_000;

/** Answers that did not come, one after another, before it is an error: about five minutes. */
const patience = 12;

/** Phases during which WAIT blocks (UWS 1.1, section 2.2.1.1). */
const blocking: readonly string[] = ["PENDING", "QUEUED", "EXECUTING"];

/**
 * Yields the job as it is, and again whenever an answer comes, changed or not. It outlives restarts of the server: no
 * answer is only an error when it is one for minutes. It never ends by itself: the caller leaves.
 * @param get asks for the job, waiting on the server's side as the query says
 */
export async function* watchJob(
  get: (query: string, signal: AbortSignal) => Promise<RemoteJob>,
  { signal, waitSeconds = 30, pollMilliseconds = 1000, silenceMilliseconds = silenceAllowed }: WatchOptions,
): AsyncGenerator<RemoteJob, never, undefined> {
  let job: RemoteJob | undefined;
  let quiet = 0;
  let failures = 0;
  for (;;) {
    const asked = performance.now();
    const waits = job !== undefined && blocking.includes(job.phase);
    try {
      const before: RemoteJob | undefined = job;
      const query = waits ? `?WAIT=${waitSeconds}&PHASE=${job?.phase}` : "";
      const longest = silenceMilliseconds + (waits ? waitSeconds * 1000 : 0);
      job = await withDeadline(longest, signal, (either) => get(query, either));
      failures = 0;
      quiet = before !== undefined && before.phase === job.phase ? quiet + 1 : 0;
    } catch (error) {
      if (!mayPass(error) || failures >= patience) throw error;
      failures += 1;
      await delay(Math.min(30_000, pollMilliseconds * 2 ** (failures - 1)), signal);
      continue;
    }
    yield job;
    // Whoever blocked on the server has waited already.
    const blocked = waits && performance.now() - asked >= pollMilliseconds;
    if (blocked) quiet = 0;
    else if (quiet > 0 || !blocking.includes(job.phase)) {
      await delay(Math.min(10, 1.5 ** quiet) * pollMilliseconds, signal);
    }
  }
}

function mayPass(error: unknown): boolean {
  return error instanceof DeadlineError || (error instanceof UwsClientError && error.transient);
}
