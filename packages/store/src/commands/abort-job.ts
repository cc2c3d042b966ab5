import { afterDeadlock } from "../after-deadlock.ts";
import { endAbortedAttempts } from "../end-aborted-attempts.ts";
import { movable, reached } from "../moves.ts";
import type { Store } from "../store.ts";

/** A job that its client has ended or removed. */
export interface StoppedJob {
  readonly id: string;
  readonly type: string;
  /** The attempt token that was valid until now; null when no worker held the job. */
  readonly token: string | null;
}

/**
 * Aborts jobs at their client's wish (PHASE=ABORT). From now on their workers are fenced; results that they stored stay.
 * @returns those that are aborted now; of the others the phase does not allow it, or they are gone
 */
export async function abortJobs({ sql }: Store, ids: readonly string[]): Promise<StoppedJob[]> {
  return await afterDeadlock(
    () => sql<StoppedJob[]>`
    with held as (
      select id, attempt_token from jobs where id = any(${ids as string[]}::uuid[]) order by id for update
    ),
    aborted as (
      update jobs set phase = ${reached(sql, "abort")}, end_time = uws_now(), attempt_token = null,
        accept_by = null, lease_until = null, deadline = null, checkpoint = null
      from held
      where jobs.id = held.id and ${movable(sql, "abort")}
      returning jobs.id, jobs.type, jobs.attempt, jobs.worker, held.attempt_token as token
    ),
    history as (
      ${endAbortedAttempts(sql)}
    )
    select id, type, token from aborted`,
  );
}

/**
 * Aborts one job.
 * @returns the attempt token that was valid until now (undefined when no worker held the job), or false when the
 *   phase does not allow it (or the job is gone)
 */
export async function abortJob(store: Store, id: string): Promise<{ token: string | undefined } | false> {
  const [aborted] = await abortJobs(store, [id]);
  return aborted === undefined ? false : { token: aborted.token ?? undefined };
}
