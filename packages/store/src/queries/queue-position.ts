import { limits, waitingPhases } from "@uws/core";
import { phaseList } from "../moves.ts";
import type { Store } from "../store.ts";

/** Where a job stands among those of its type that wait for a worker. */
export interface QueuePosition {
  /** Jobs that come before it; those behind the window of the message queue are counted up to `countLimit`. */
  readonly ahead: number;
  /** Milliseconds before which it is not given to a worker (backoff between attempts); 0 = at any time. */
  readonly notBefore: number;
  /** A worker has it already, and has only to accept. */
  readonly claimed: boolean;
}

/** Jobs that are counted at most, of higher priority, earlier ones of the owner, those of others: each is an entry of an index to walk over. */
const countLimit = 10_000;

/**
 * Counts the jobs before one that waits, in the order in which `dispatchJobs` takes them: what was handed to the message
 * queue, then by priority, then by turns, as far as can be told now: before my third job go two of each other owner, less
 * those that it has in flight. One that is not queued is placed as if it were queued now.
 *
 * Reads ranges of the indices jobs_dispatched and jobs_to_dispatch (also of_owner), each up to a limit.
 * @returns undefined when the job is gone
 */
export async function queuePosition({ sql }: Store, id: string): Promise<QueuePosition | undefined> {
  const waiting = sql`jobs.type = mine.type and jobs.phase in ${phaseList(sql, waitingPhases)}
    and jobs.attempt_token is null`;
  const who = sql`coalesce(jobs.owner, '')`;
  const peers = sql`${waiting} and jobs.dispatched_at is null and (-jobs.priority) = (-mine.priority)`;
  const [row] = await sql<[QueuePosition]>`
    with recursive mine as materialized (
      select id, type, ${who} as who, priority, available_at, attempt_token is not null as claimed,
        case when phase in ${phaseList(sql, waitingPhases)} then dispatched_at end as dispatched_at,
        case when phase in ${phaseList(sql, waitingPhases)} then queued_at else 'infinity' end as queued_at
      from jobs where id = ${id}
    ),
    waits as materialized (select * from mine where not claimed and dispatched_at is null),
    flying as materialized (
      select in_flight.who, held + published as count from waits cross join lateral uws_in_flight(waits.type, false) as in_flight
    ),
    earlier as materialized (
      select count(*) as count from (
        select from waits as mine join jobs on ${peers} and ${who} = mine.who
          and (jobs.queued_at, jobs.id) < (mine.queued_at, mine.id)
        limit ${countLimit}
      ) as own
    ),
    turn as materialized (
      select 1 + earlier.count + coalesce((select flying.count from flying join waits using (who)), 0) as number from earlier
    ),
    owners as (
      select first.who, 1 as place from waits as mine cross join lateral (
        select ${who} as who from jobs where ${peers} order by ${who} limit 1
      ) as first
      union all
      select next.who, owners.place + 1 from owners cross join waits as mine cross join lateral (
        select ${who} as who from jobs where ${peers} and ${who} > owners.who order by ${who} limit 1
      ) as next
      where owners.place < ${limits.dispatchOwners}
    ),
    others as (
      select from owners join waits as mine on owners.who <> mine.who cross join turn left join flying on flying.who = owners.who
      cross join lateral (
        select coalesce(flying.count, 0) + row_number() over (order by jobs.queued_at, jobs.id) as turn,
          jobs.queued_at, jobs.id
        from jobs where ${peers} and ${who} = owners.who
        order by jobs.queued_at, jobs.id limit greatest(turn.number - coalesce(flying.count, 0), 0)
      ) as theirs
      where theirs.turn < turn.number or (theirs.queued_at, theirs.id) < (mine.queued_at, mine.id)
      limit ${countLimit}
    )
    select
      case when mine.claimed then 0 else (
        (select count(*) from (
          select from jobs where ${waiting} and jobs.dispatched_at is not null
            and (jobs.dispatched_at, -jobs.priority::int, jobs.queued_at, jobs.id)
              < (coalesce(mine.dispatched_at, 'infinity'), -mine.priority::int, mine.queued_at, mine.id)
          limit ${countLimit}
        ) as published)
        + case when mine.dispatched_at is not null then 0 else
          (select count(*) from (
            select from jobs where ${waiting} and jobs.dispatched_at is null and jobs.priority > mine.priority
            limit ${countLimit}
          ) as urgent)
          + (select count from earlier)
          + (select count(*) from others)
        end
      )::int end as ahead,
      coalesce(extract(epoch from mine.available_at)::float8 * 1000, 0) as "notBefore",
      mine.claimed
    from mine`;
  return row;
}
