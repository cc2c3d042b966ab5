import { mayMove, reached } from "../moves.ts";
import { released } from "../running.ts";
import type { Store } from "../store.ts";

/**
 * Aborts jobs whose execution duration was exceeded (UWS 1.1, section 2.1.4). Results that were stored stay.
 * @returns the jobs, and the tokens that are no longer valid
 */
export async function expireAttempts({ sql }: Store, limit: number): Promise<{ id: string; token: string }[]> {
  return await sql<{ id: string; token: string }[]>`
    with late as (
      select id, attempt_token as token from jobs
      where attempt_token is not null and phase in ${mayMove(sql, "expire")} and deadline < uws_now()
      limit ${limit}
      for update skip locked
    ),
    ended as (
      update jobs set phase = ${reached(sql, "expire")}, end_time = uws_now(), checkpoint = null,
        error_type = 'fatal', error_message = format('The execution duration of %s s was exceeded.', execution_duration),
        ${released(sql)}
      from late where jobs.id = late.id
      returning jobs.id, late.token, jobs.attempt
    ),
    history as (
      update attempts set end_time = uws_now(), outcome = 'expired'
      from ended where attempts.job_id = ended.id and attempts.number = ended.attempt
    )
    select id, token from ended`;
}
