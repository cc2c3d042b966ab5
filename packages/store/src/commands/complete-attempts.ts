import type { AttemptRef } from "../attempt.ts";
import { movable, reached } from "../moves.ts";
import { released, runningUnder } from "../running.ts";
import type { Store } from "../store.ts";

/**
 * Ends attempts, and their jobs, as COMPLETED.
 * @returns the jobs that have ended now; those missing are fenced
 */
export async function completeAttempts(
  { sql }: Store,
  attempts: readonly AttemptRef[],
): Promise<{ id: string; token: string; type: string }[]> {
  return await sql<{ id: string; token: string; type: string }[]>`
    with ended as (
      update jobs set phase = ${reached(sql, "complete")}, end_time = uws_now(), progress_fraction = 1,
        checkpoint = null, ${released(sql)}
      from jsonb_to_recordset(${sql.json(attempts as AttemptRef[] as never)}) as given (job uuid, token text)
      where ${runningUnder(sql, attempts)} and ${movable(sql, "complete")}
      returning jobs.id, jobs.attempt, jobs.type, given.token
    ),
    history as (
      update attempts set end_time = uws_now(), outcome = 'completed'
      from ended where attempts.job_id = ended.id and attempts.number = ended.attempt
    )
    select id, token, type from ended`;
}
