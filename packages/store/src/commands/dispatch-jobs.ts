import { waitingPhases } from "@uws/core";
import { phaseList } from "../moves.ts";
import type { Store } from "../store.ts";

/** What a message of the queue says: this attempt of this job waits for a worker. */
export interface DispatchedJob {
  readonly id: string;
  readonly type: string;
  /** The attempt that will run. */
  readonly attempt: number;
  /** How often the job was handed to the queue: makes each message's id its own. */
  readonly dispatches: number;
}

/**
 * Picks what is to be handed to the message queue next: for each type the most urgent waiting jobs, as many as the
 * window has room for. Priority is decided here, so that only a small window of messages is ahead of an urgent job.
 *
 * Marks first, publishes afterwards: a message that is lost in between is rung again by `redispatchJobs`.
 * @param types job types; @param window jobs of one type that may be published and unclaimed
 * @returns in the order in which they are to be published
 */
export async function dispatchJobs({ sql }: Store, types: readonly string[], window: number): Promise<DispatchedJob[]> {
  const waiting = phaseList(sql, waitingPhases);
  return await sql<DispatchedJob[]>`
    with room as (
      select type, ${window} - (
        select count(*) from (
          select 1 from jobs
          where jobs.type = asked.type and phase in ${waiting} and dispatched_at is not null and attempt_token is null
          limit ${window}
        ) as published
      ) as free
      from unnest(${types as string[]}::text[]) as asked (type)
    ),
    picked as (
      select next.id from room cross join lateral (
        select id from jobs
        where jobs.type = room.type and phase in ${waiting} and dispatched_at is null and attempt_token is null
          and (available_at is null or available_at <= uws_now())
        order by priority desc, queued_at, id
        limit greatest(room.free, 0)
        for update skip locked
      ) as next
    ),
    marked as (
      update jobs set dispatched_at = uws_now(), rung_at = uws_now(), dispatches = dispatches + 1
      from picked where jobs.id = picked.id
      returning jobs.id, type, attempt + 1 as attempt, dispatches, priority, queued_at
    )
    select id, type, attempt, dispatches from marked order by priority desc, queued_at, id`;
}
