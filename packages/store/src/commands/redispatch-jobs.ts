import { waitingPhases } from "@uws/core";
import { phaseList } from "../moves.ts";
import type { Store } from "../store.ts";
import type { DispatchedJob } from "./dispatch-jobs.ts";

/**
 * Finds jobs that were handed to the message queue and that nobody has claimed since: the message may be lost.
 * Ringing again is harmless, since the queue keeps one message for each job.
 * @param olderThan milliseconds since they were handed over
 */
export async function redispatchJobs({ sql }: Store, olderThan: number, limit: number): Promise<DispatchedJob[]> {
  return await sql<DispatchedJob[]>`
    with picked as (
      select id from jobs
      where phase in ${phaseList(sql, waitingPhases)} and dispatched_at is not null and attempt_token is null
        and dispatched_at <= uws_now() - make_interval(secs => ${olderThan / 1000})
      order by dispatched_at
      limit ${limit}
      for update skip locked
    ),
    marked as (
      update jobs set dispatched_at = uws_now(), dispatches = dispatches + 1
      from picked where jobs.id = picked.id
      returning jobs.id, type, attempt + 1 as attempt, dispatches, priority, queued_at
    )
    select id, type, attempt, dispatches from marked order by priority desc, queued_at, id`;
}
