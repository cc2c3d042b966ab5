import type { AttemptRef } from "../attempt.ts";
import { movable, reached } from "../moves.ts";
import type { Store } from "../store.ts";

/**
 * Starts attempts: their workers have accepted the jobs.
 * @param lease milliseconds until somebody else may have the job, unless a heartbeat comes
 * @returns the jobs that run now; those missing were taken back, aborted or deleted: fenced
 */
export async function acceptAttempts(
  { sql }: Store,
  attempts: readonly AttemptRef[],
  lease: number,
): Promise<{ id: string; type: string }[]> {
  // What was given back with a checkpoint goes on from there, and so does its progress.
  const resumes = sql`jobs.phase = 'SUSPENDED'`;
  return await sql<{ id: string; type: string }[]>`
    with accepted as (
      update jobs set phase = ${reached(sql, "accept")}, attempt = jobs.attempt + 1, accept_by = null,
        start_time = coalesce(start_time, uws_now()), heard_at = uws_now(),
        lease_until = uws_now() + make_interval(secs => ${lease / 1000}),
        deadline = case when execution_duration > 0 then uws_now() + make_interval(secs => execution_duration) end,
        event_sequence = 0, log_lines = 0, progress_fraction = case when ${resumes} then progress_fraction end,
        progress_message = case when ${resumes} then progress_message end,
        progress_counters = case when ${resumes} then progress_counters end
      from jsonb_to_recordset(${sql.json(attempts as AttemptRef[] as never)}) as given (job uuid, token text)
      where jobs.id = given.job and jobs.id = any(${attempts.map(({ job }) => job)}::uuid[])
        and coalesce(jobs.attempt_token, '') = given.token and ${movable(sql, "accept")}
      returning jobs.id, jobs.type, jobs.attempt, jobs.worker
    ),
    history as (
      insert into attempts (job_id, number, worker, start_time)
      select id, attempt, worker, uws_now() from accepted
    )
    select id, type from accepted`;
}
