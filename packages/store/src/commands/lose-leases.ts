import type { Phase } from "@uws/core";
import { attemptHistory } from "../attempt-history.ts";
import { dropResults } from "../drop-results.ts";
import { mayMove, reached } from "../moves.ts";
import { released } from "../running.ts";
import type { Store } from "../store.ts";

/** How long a job waits before its next attempt: base · 2^failures, at most the maximum, ± half of it at random. */
export interface Backoff {
  /** Milliseconds. */
  readonly base: number;
  /** Milliseconds. */
  readonly max: number;
}

/**
 * Takes jobs from workers whose leases ran out: QUEUED again while attempts remain, otherwise in ERROR (transient).
 * @returns the jobs, the phase in which they are now, and the tokens that are no longer valid
 */
export async function loseLeases(
  { sql }: Store,
  backoff: Backoff,
  limit: number,
): Promise<{ id: string; token: string; type: string; phase: Phase }[]> {
  const { dropped, done } = dropResults(sql);
  const again = sql`(jobs.failures + 1 < jobs.max_attempts)`;
  return await sql<{ id: string; token: string; type: string; phase: Phase }[]>`
    with late as (
      select id, attempt_token as token from jobs
      where attempt_token is not null and phase in ${mayMove(sql, "requeue", "lose")} and lease_until < uws_now()
      limit ${limit}
      for update skip locked
    ),
    ended as (
      update jobs set
        phase = case when ${again} then ${reached(sql, "requeue")} else ${reached(sql, "lose")} end,
        failures = jobs.failures + 1,
        start_time = case when ${again} then null else jobs.start_time end,
        end_time = case when ${again} then null else uws_now() end,
        available_at = case when ${again} then uws_now() + (0.5 + random())
          * least(${backoff.base}::float8 * 2 ^ least(jobs.failures, 30), ${backoff.max}::float8)
          * interval '1 millisecond' end,
        error_type = case when ${again} then null else 'transient' end,
        error_message = case when ${again} then null
          else format('The worker was lost in each of %s attempts; the last was %s.', jobs.failures + 1, jobs.worker) end,
        error_detail = case when ${again} then null else ${attemptHistory(sql, "lost", sql`'The lease ran out.'`)} end,
        ${released(sql)}
      from late where jobs.id = late.id
      returning jobs.id, late.token, jobs.type, jobs.phase, jobs.attempt, jobs.checkpoint
    ),
    history as (
      update attempts set end_time = uws_now(), outcome = 'lost', message = 'The lease ran out.'
      from ended where attempts.job_id = ended.id and attempts.number = ended.attempt
    ),
    ${dropped}
    select id, token, type, phase from ended where ${done}`;
}
