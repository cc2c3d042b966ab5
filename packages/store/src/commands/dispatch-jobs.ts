import { limits, waitingPhases } from "@uws/core";
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
 * Picks what is to be handed to the message queue next, as many jobs of each type as its window has room for. Priority and
 * fairness are decided here, so that only a small window of messages is ahead of an urgent job, or of another owner's.
 *
 * - The higher priority comes first.
 * - Among equals, whoever has the fewest jobs with workers or on their way to them comes next, so that the one job of one
 *   owner waits for no more than a turn of each other owner, however many jobs those have.
 * - Among an owner's jobs, and where turns are equal, first come, first served.
 * - No more than the type's limits allow, those of one owner counted apart; of a paused type, none.
 *
 * The window grows with the number of jobs that workers hold: what is published is a queue in its own right, whose order
 * is settled, and few workers take long to empty it.
 *
 * Owners are found by jumping from one to the next in an index, so many at most; the oldest jobs are looked at besides, so
 * that nobody is passed over for ever where there are more owners than that.
 *
 * Marks first, publishes afterwards: a message that is lost in between is rung again by `redispatchJobs`.
 * @param types job types; @param window jobs of one type that may be published and unclaimed
 * @returns in the order in which they are to be published
 */
export async function dispatchJobs({ sql }: Store, types: readonly string[], window: number): Promise<DispatchedJob[]> {
  const waits = sql`jobs.phase in ${phaseList(sql, waitingPhases)} and jobs.dispatched_at is null and jobs.attempt_token is null`;
  const due = sql`(jobs.available_at is null or jobs.available_at <= uws_now())`;
  const who = sql`coalesce(jobs.owner, '')`;
  return await sql<DispatchedJob[]>`
    with recursive asked as materialized (
      select given.type, concurrency, owner_concurrency as "ownerConcurrency"
      from unnest(${types as string[]}::text[]) as given (type) left join job_types using (type)
      where paused is not true
    ),
    flying as materialized (
      select asked.type, in_flight.*
      from asked cross join lateral uws_in_flight(
        asked.type, asked.concurrency is not null or asked."ownerConcurrency" is not null
      ) as in_flight
    ),
    room as materialized (
      select asked.type, asked."ownerConcurrency", least(
        least(${window}, greatest(${limits.dispatchWindowLeast}, 2 * coalesce(sum(held), 0))) - coalesce(sum(published), 0),
        asked.concurrency - coalesce(sum(held + published), 0)
      ) as free
      from asked left join flying using (type)
      group by asked.type, asked.concurrency, asked."ownerConcurrency"
    ),
    heads as (
      select room.type, first.urgency, first.who, 1 as place from room cross join lateral (
        select -jobs.priority as urgency, ${who} as who from jobs
        where jobs.type = room.type and ${waits}
        order by (-jobs.priority), ${who} limit 1
      ) as first
      where room.free > 0
      union all
      select heads.type, next.urgency, next.who, heads.place + 1 from heads cross join lateral (
        select -jobs.priority as urgency, ${who} as who from jobs
        where jobs.type = heads.type and ${waits} and ((-jobs.priority), ${who}) > (heads.urgency, heads.who)
        order by (-jobs.priority), ${who} limit 1
      ) as next
      where heads.place < ${limits.dispatchOwners}
    ),
    candidates as (
      select next.* from heads join room using (type) cross join lateral (
        select jobs.id, jobs.type, jobs.priority, ${who} as who, jobs.queued_at from jobs
        where jobs.type = heads.type and (-jobs.priority) = heads.urgency and ${who} = heads.who and ${waits} and ${due}
        order by jobs.queued_at, jobs.id limit room.free
      ) as next
      union
      select oldest.* from room cross join lateral (
        select jobs.id, jobs.type, jobs.priority, ${who} as who, jobs.queued_at from jobs
        where jobs.type = room.type and ${waits} and ${due}
        order by jobs.priority desc, jobs.queued_at, jobs.id limit greatest(room.free, 0)
      ) as oldest
    ),
    turns as (
      select candidates.*, coalesce(held + published, 0)
        + row_number() over (partition by type, who order by priority desc, queued_at, id) as turn
      from candidates left join flying using (type, who)
    ),
    ordered as (
      select turns.*, row_number() over (partition by type order by priority desc, turn, queued_at, id) as place, free
      from turns join room using (type)
      where "ownerConcurrency" is null or turn <= "ownerConcurrency"
    ),
    picked as (
      select jobs.id, ordered.turn from ordered join jobs on jobs.id = ordered.id
      where ordered.place <= ordered.free and ${waits}
      for update of jobs skip locked
    ),
    marked as (
      update jobs set dispatched_at = uws_now(), rung_at = uws_now(), dispatches = dispatches + 1
      from picked where jobs.id = picked.id
      returning jobs.id, type, attempt + 1 as attempt, dispatches, priority, turn, queued_at
    )
    select id, type, attempt, dispatches from marked order by priority desc, turn, queued_at, id`;
}
