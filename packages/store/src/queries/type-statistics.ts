import type { Store } from "../store.ts";

export interface TypeStatistics {
  /** Jobs that wait for a worker. */
  readonly queued: number;
  /** Jobs that a worker holds. */
  readonly held: number;
  /** Mean seconds that the latest completed jobs took; null when none has completed. */
  readonly meanSeconds: number | null;
}

/** How busy a job type is, and how long its jobs take: what a quote is made of. Counts stop at 100,000. */
export async function typeStatistics({ sql }: Store, type: string): Promise<TypeStatistics> {
  const [row] = await sql<[TypeStatistics]>`
    select
      (select count(*)::int from (select 1 from jobs where type = ${type} and phase in ('QUEUED', 'SUSPENDED')
        and dispatched_at is null and attempt_token is null limit 100000) as a)
      + (select count(*)::int from (select 1 from jobs where type = ${type} and phase in ('QUEUED', 'SUSPENDED')
        and dispatched_at is not null and attempt_token is null limit 100000) as b) as queued,
      (select count(*)::int from (select 1 from jobs where type = ${type} and attempt_token is not null
        limit 100000) as c) as held,
      (select extract(epoch from avg(end_time - start_time))::float8 from (
        select start_time, end_time from jobs where type = ${type} and phase = 'COMPLETED'
        order by end_time desc limit 50) as d) as "meanSeconds"`;
  return row;
}
