import { limits, type Phase, waitingPhases } from "@uws/core";
import { phaseList } from "../moves.ts";
import type { Store } from "../store.ts";

/** How many jobs ended, by how. Those that have been archived or removed since are not counted. */
export interface EndCounts {
  readonly completed: number;
  readonly failed: number;
  readonly aborted: number;
}

/** Seconds: half of the jobs, and nine tenths, took no longer. */
export interface Quantiles {
  readonly median: number;
  readonly p90: number;
}

/** The jobs of one type at one service. Each count looks at no more than `limits.statisticsCount` jobs of the type. */
export interface ServiceTypeStatistics {
  readonly type: string;
  readonly paused: boolean;
  /** Wait for a worker. */
  readonly queued: number;
  /** With workers. */
  readonly running: number;
  /** Wait for their clients to run them again. */
  readonly held: number;
  readonly lastHour: EndCounts;
  readonly lastDay: EndCounts;
  /** From a worker's accept to the end, of the latest that completed within a day; null where none did. */
  readonly duration: Quantiles | null;
  /** From RUN to that accept, of the same jobs. */
  readonly wait: Quantiles | null;
}

const ends = { completed: "COMPLETED", failed: "ERROR", aborted: "ABORTED" } as const satisfies Record<string, Phase>;

/**
 * How busy a service is, type by type, in the given order. One statement, whose parts each read a range of an index of bounded length:
 * jobs_to_dispatch, jobs_dispatched, jobs_held, jobs_on_hold, and jobs_ended for each phase.
 */
export async function serviceStatistics(
  { sql }: Store,
  service: string,
  types: readonly string[],
): Promise<ServiceTypeStatistics[]> {
  const most = limits.statisticsCount;
  const waiting = sql`phase in ${phaseList(sql, waitingPhases)} and attempt_token is null`;
  const count = (condition: ReturnType<Store["sql"]>) => sql`(
    select count(*) filter (where service = ${service}) from (
      select service from jobs where jobs.type = asked.type and ${condition} limit ${most}
    ) as counted)::int`;
  const ended = (phase: Phase) => sql`(
    select json_build_array(
      count(*) filter (where service = ${service} and end_time > uws_now() - interval '1 hour'),
      count(*) filter (where service = ${service})
    ) from (
      select service, end_time from jobs
      where jobs.type = asked.type and phase = ${sql.unsafe(`'${phase}'`)} and end_time > uws_now() - interval '1 day'
      order by end_time desc limit ${most}
    ) as latest)`;
  const quantiles = (from: string, to: string) =>
    sql.unsafe(`percentile_cont(array[0.5, 0.9]) within group (order by extract(epoch from ${to} - ${from})::float8)`);
  const rows = await sql<Row[]>`
    select asked.type, uws_paused(asked.type) as paused,
      ${count(sql`${waiting} and dispatched_at is null`)} + ${count(sql`${waiting} and dispatched_at is not null`)} as queued,
      ${count(sql`attempt_token is not null`)} as running,
      ${count(sql`phase = 'HELD'`)} as held,
      ${ended(ends.completed)} as completed, ${ended(ends.failed)} as failed, ${ended(ends.aborted)} as aborted,
      measured.duration, measured.wait
    from unnest(${types as string[]}::text[]) with ordinality as asked (type, place)
    cross join lateral (
      select ${quantiles("start_time", "end_time")} as duration, ${quantiles("queued_at", "start_time")} as wait from (
        select service, queued_at, start_time, end_time from jobs
        where jobs.type = asked.type and phase = 'COMPLETED' and end_time > uws_now() - interval '1 day'
        order by end_time desc limit ${limits.statisticsSample}
      ) as sample
      where service = ${service}
    ) as measured
    order by place`;
  return rows.map(({ completed, failed, aborted, duration, wait, ...row }) => ({
    ...row,
    lastHour: { completed: completed[0], failed: failed[0], aborted: aborted[0] },
    lastDay: { completed: completed[1], failed: failed[1], aborted: aborted[1] },
    duration: quantilesOf(duration),
    wait: quantilesOf(wait),
  }));
}

type Row = Pick<ServiceTypeStatistics, "type" | "paused" | "queued" | "running" | "held"> &
  Readonly<Record<keyof typeof ends, readonly [hour: number, day: number]>> &
  Readonly<Record<"duration" | "wait", readonly (number | null)[] | null>>;

function quantilesOf(found: readonly (number | null)[] | null): Quantiles | null {
  const [median, p90] = found ?? [];
  return typeof median === "number" && typeof p90 === "number" ? { median, p90 } : null;
}
