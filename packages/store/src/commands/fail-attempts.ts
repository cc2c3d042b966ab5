import type { Phase } from "@uws/core";
import type { AttemptRef } from "../attempt.ts";
import { attemptHistory } from "../attempt-history.ts";
import { dropResults } from "../drop-results.ts";
import { movable, reached } from "../moves.ts";
import { released, runningUnder } from "../running.ts";
import type { Store } from "../store.ts";

/** A worker's own failure. */
export interface Failure extends AttemptRef {
  readonly type: "transient" | "fatal";
  readonly message: string;
  readonly detail: string;
  readonly retryable: boolean;
  /** Milliseconds before the next attempt, if there is one. */
  readonly retryDelay: number;
}

/**
 * Ends attempts that failed by their own doing: the job is in ERROR, or QUEUED again when the worker asked for it and
 * an attempt remains.
 * @returns the jobs and the phase in which they are now; those missing are fenced
 */
export async function failAttempts(
  { sql }: Store,
  failures: readonly Failure[],
): Promise<{ id: string; token: string; type: string; phase: Phase }[]> {
  const { dropped, done } = dropResults(sql);
  const again = sql`(given.retryable and jobs.failures + 1 < jobs.max_attempts)`;
  return await sql<{ id: string; token: string; type: string; phase: Phase }[]>`
    with ended as (
      update jobs set
        phase = case when ${again} then ${reached(sql, "requeue")} else ${reached(sql, "fail")} end,
        failures = jobs.failures + 1,
        start_time = case when ${again} then null else jobs.start_time end,
        end_time = case when ${again} then null else uws_now() end,
        available_at = case when ${again} then uws_now() + given."retryDelay" * interval '1 millisecond' end,
        error_type = case when ${again} then null else given.type end,
        error_message = case when ${again} then null else given.message end,
        error_detail = case when ${again} then null else
          nullif(concat_ws(E'\n\n', nullif(given.detail, ''), ${attemptHistory(sql, "failed", sql`given.message`)}), '') end,
        ${released(sql)}
      from jsonb_to_recordset(${sql.json(failures as Failure[] as never)})
        as given (job uuid, token text, type text, message text, detail text, retryable boolean, "retryDelay" float8)
      where ${runningUnder(sql, failures)} and ${movable(sql, "fail", "requeue")}
      returning jobs.id, given.token, jobs.type, jobs.phase, jobs.attempt, jobs.checkpoint, given.message
    ),
    history as (
      update attempts set end_time = uws_now(), message = ended.message,
        outcome = case when ended.phase = ${reached(sql, "fail")} then 'failed' else 'retried' end
      from ended where attempts.job_id = ended.id and attempts.number = ended.attempt
    ),
    ${dropped}
    select id, token, type, phase from ended where ${done}`;
}
