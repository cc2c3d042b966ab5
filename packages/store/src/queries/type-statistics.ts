import { waitingPhases } from "@uws/core";
import { phaseList } from "../moves.ts";
import type { Store } from "../store.ts";

/** How busy a job type is, and how long its jobs take: what quotes are made of. All times in milliseconds since 1970. */
export interface TypeStatistics {
  /** The database's clock. */
  readonly now: number;
  /** Jobs that workers hold, counted up to 100,000. */
  readonly held: number;
  /** Some of them, 1000 at most: since when each runs (null = given to a worker, not yet accepted), and how far it is. */
  readonly running: readonly (readonly [start: number | null, fraction: number | null])[];
  /** The latest 100 that completed. */
  readonly completed: readonly (readonly [start: number, end: number])[];
  /** Since when the job that was handed to the queue first waits there for a worker; null = none does. */
  readonly waitingSince: number | null;
}

/**
 * Looks at a job type as a whole. One statement, whose parts each read a range of an index (jobs_held, jobs_ended,
 * jobs_dispatched) of bounded length.
 */
export async function typeStatistics({ sql }: Store, type: string): Promise<TypeStatistics> {
  const milliseconds = (time: string) => sql.unsafe(`extract(epoch from ${time})::float8 * 1000`);
  const [row] = await sql<[TypeStatistics]>`
    select
      ${milliseconds("uws_now()")} as now,
      (select count(*)::int from (
        select from jobs where type = ${type} and attempt_token is not null limit 100000
      ) as counted) as held,
      (select coalesce(json_agg(json_build_array(start, fraction)), '[]') from (
        select ${milliseconds("case when accept_by is null then start_time end")} as start,
          progress_fraction as fraction
        from jobs where type = ${type} and attempt_token is not null limit 1000
      ) as listed) as running,
      (select coalesce(json_agg(json_build_array(${milliseconds("start_time")}, ${milliseconds("end_time")})), '[]') from (
        select start_time, end_time from jobs
        where type = ${type} and phase = 'COMPLETED' order by end_time desc limit 100
      ) as latest) as completed,
      (select ${milliseconds("dispatched_at")} from jobs
        where type = ${type} and phase in ${phaseList(sql, waitingPhases)} and dispatched_at is not null
          and attempt_token is null
        order by dispatched_at limit 1) as "waitingSince"`;
  return row;
}
