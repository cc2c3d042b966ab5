import type { Phase } from "@uws/core";
import type { AttemptRef } from "../attempt.ts";
import { dropResults } from "../drop-results.ts";
import { movable, reached } from "../moves.ts";
import { released, runningUnder } from "../running.ts";
import type { Store } from "../store.ts";

/** A worker gives a job back. */
export interface GivenBack extends AttemptRef {
  readonly reason: string;
  /** Base64; null = none, and none was saved before. */
  readonly checkpoint: string | null;
}

/**
 * Takes jobs back from workers that do not want to go on; no attempt is spent. With a checkpoint the job is SUSPENDED
 * until a worker takes it up again from there, without one it is QUEUED and begins anew.
 * @returns the jobs and the phase in which they are now; those missing are fenced
 */
export async function releaseAttempts(
  { sql }: Store,
  givenBack: readonly GivenBack[],
): Promise<{ id: string; token: string; type: string; phase: Phase }[]> {
  const { dropped, done } = dropResults(sql);
  const kept = sql`(given.checkpoint is not null or jobs.checkpoint is not null)`;
  return await sql<{ id: string; token: string; type: string; phase: Phase }[]>`
    with ended as (
      update jobs set
        phase = case when ${kept} then ${reached(sql, "suspend")} else ${reached(sql, "requeue")} end,
        start_time = case when ${kept} then jobs.start_time end,
        checkpoint = coalesce(decode(given.checkpoint, 'base64'), jobs.checkpoint),
        ${released(sql)}
      from jsonb_to_recordset(${sql.json(givenBack as GivenBack[] as never)})
        as given (job uuid, token text, reason text, checkpoint text)
      where ${runningUnder(sql, givenBack)} and ${movable(sql, "suspend", "requeue")}
      returning jobs.id, given.token, jobs.type, jobs.phase, jobs.attempt, jobs.checkpoint, given.reason
    ),
    history as (
      update attempts set end_time = uws_now(), outcome = 'released', message = ended.reason
      from ended where attempts.job_id = ended.id and attempts.number = ended.attempt
    ),
    ${dropped}
    select id, token, type, phase from ended where ${done}`;
}
