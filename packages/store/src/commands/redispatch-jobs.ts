import { waitingPhases } from "@uws/core";
import { phaseList } from "../moves.ts";
import type { Store } from "../store.ts";
import type { DispatchedJob } from "./dispatch-jobs.ts";

/**
 * Finds jobs that were handed to the message queue and that nobody has claimed for some time: their messages may be lost, or
 * all workers may be busy. Whoever rings again replaces the message, which then stands at the end of the queue; so all jobs
 * of such a type are rung together, in the order of their places, and keep them.
 * @param olderThan milliseconds since a job was handed over or rung again
 * @param types job types at most, those first that have waited longest
 * @returns in the order in which they are to be published
 */
export async function redispatchJobs({ sql }: Store, olderThan: number, types: number): Promise<DispatchedJob[]> {
  const unclaimed = sql`phase in ${phaseList(sql, waitingPhases)} and dispatched_at is not null and attempt_token is null`;
  return await sql<DispatchedJob[]>`
    with stale as (
      select type from jobs where ${unclaimed}
      group by type
      having min(coalesce(rung_at, dispatched_at)) <= uws_now() - make_interval(secs => ${olderThan / 1000})
      order by min(coalesce(rung_at, dispatched_at))
      limit ${types}
    ),
    picked as (
      select id from jobs where type in (select type from stale) and ${unclaimed}
      for update skip locked
    ),
    marked as (
      update jobs set rung_at = uws_now(), dispatches = dispatches + 1
      from picked where jobs.id = picked.id
      returning jobs.id, type, attempt + 1 as attempt, dispatches, dispatched_at, priority, queued_at
    )
    select id, type, attempt, dispatches from marked order by dispatched_at, priority desc, queued_at, id`;
}
