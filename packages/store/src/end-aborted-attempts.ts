import type { Sql } from "./store.ts";

/**
 * The end of the attempts of `aborted (id, attempt, worker)` in the history, an INSERT whose rows are all there already: an
 * accept that was stored while this statement waited for the job has made a row that the statement's snapshot lacks, which
 * only ON CONFLICT finds. An UPDATE would leave it open for ever.
 */
export function endAbortedAttempts(sql: Sql) {
  return sql`
    insert into attempts (job_id, number, worker, start_time, end_time, outcome)
    select id, attempt, coalesce(worker, ''), uws_now(), uws_now(), 'aborted' from aborted where attempt > 0
    on conflict (job_id, number) do update set end_time = excluded.end_time, outcome = excluded.outcome
    where attempts.end_time is null`;
}
