import { waitingPhases } from "@uws/core";
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

/** Jobs that are counted at most, of higher priority and of the same: each is an entry of an index to walk over. */
const countLimit = 10_000;

/**
 * Counts the jobs before one that waits, in the order in which `dispatchJobs` takes them: what was handed to the message
 * queue, then by priority, then first come, first served. One that is not queued is placed as if it were queued now.
 *
 * Reads ranges of the indices jobs_dispatched and jobs_to_dispatch, each up to a limit.
 * @returns undefined when the job is gone
 */
export async function queuePosition({ sql }: Store, id: string): Promise<QueuePosition | undefined> {
  const waiting = sql`jobs.type = mine.type and jobs.phase in ${phaseList(sql, waitingPhases)}
    and jobs.attempt_token is null`;
  const [row] = await sql<[QueuePosition]>`
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
          + (select count(*) from (
            select from jobs where ${waiting} and jobs.dispatched_at is null and jobs.priority = mine.priority
              and (jobs.queued_at, jobs.id) < (mine.queued_at, mine.id)
            limit ${countLimit}
          ) as earlier)
        end
      )::int end as ahead,
      coalesce(extract(epoch from mine.available_at)::float8 * 1000, 0) as "notBefore",
      mine.claimed
    from (
      select id, type, priority, available_at, attempt_token is not null as claimed,
        case when phase in ${phaseList(sql, waitingPhases)} then dispatched_at end as dispatched_at,
        case when phase in ${phaseList(sql, waitingPhases)} then queued_at else 'infinity' end as queued_at
      from jobs where id = ${id}
    ) as mine`;
  return row;
}
