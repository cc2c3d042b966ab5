import { endAbortedAttempts } from "../end-aborted-attempts.ts";
import { movable, reached } from "../moves.ts";
import type { Store } from "../store.ts";

/**
 * Aborts a job at its client's wish (PHASE=ABORT). From now on its worker is fenced; results that it stored stay.
 * @returns the attempt token that was valid until now (undefined when no worker held the job), or false when the
 *   phase does not allow it (or the job is gone)
 */
export async function abortJob({ sql }: Store, id: string): Promise<{ token: string | undefined } | false> {
  const [moved] = await sql<{ token: string | null }[]>`
    with held as (select id, attempt_token from jobs where id = ${id} for update),
    aborted as (
      update jobs set phase = ${reached(sql, "abort")}, end_time = uws_now(), attempt_token = null,
        accept_by = null, lease_until = null, deadline = null, checkpoint = null
      from held
      where jobs.id = held.id and ${movable(sql, "abort")}
      returning jobs.id, jobs.attempt, jobs.worker, held.attempt_token as token
    ),
    history as (
      ${endAbortedAttempts(sql)}
    )
    select token from aborted`;
  return moved === undefined ? false : { token: moved.token ?? undefined };
}
