import type { JobReference, Phase } from "@uws/core";
import type { Store } from "../store.ts";

export interface JobListFilter {
  readonly service: string;
  /** Only jobs of this owner; undefined = of all. */
  readonly owner?: string | undefined;
  /** Jobs in any of these phases; empty = in all but ARCHIVED (UWS 1.1, section 2.2.2.1). */
  readonly phases: readonly Phase[];
  /** Created later than that. */
  readonly after?: Date | undefined;
  /** The newest so many. */
  readonly last?: number | undefined;
}

type Row = { id: string; phase: Phase; runId: string | null; owner: string | null; creationTime: Date; type: string };

/**
 * The jobs of a list, newest first, in pages: a list of a million jobs never stands in memory, and no connection is
 * held between two pages.
 * @param pageSize jobs read at a time
 */
export async function* listJobs(
  { sql }: Store,
  filter: JobListFilter,
  pageSize = 1000,
): AsyncGenerator<JobReference[], void, void> {
  let remaining = filter.last ?? Number.POSITIVE_INFINITY;
  let before: { time: Date; id: string } | undefined;
  while (remaining > 0) {
    const size = Math.min(pageSize, remaining);
    const rows: Row[] = await sql<Row[]>`
      select id, phase, run_id as "runId", owner, creation_time as "creationTime", type
      from jobs
      where service = ${filter.service}
        ${filter.owner === undefined ? sql`` : sql`and owner = ${filter.owner}`}
        ${
          filter.phases.length === 0
            ? sql`and phase <> 'ARCHIVED'`
            : sql`and phase = any(${filter.phases as Phase[]}::phase[])`
        }
        ${filter.after === undefined ? sql`` : sql`and creation_time > ${filter.after}`}
        ${before === undefined ? sql`` : sql`and (creation_time, id) < (${before.time}, ${before.id})`}
      order by creation_time desc, id desc
      limit ${size}`;
    if (rows.length > 0) {
      yield rows.map((row) => ({ ...row, runId: row.runId ?? undefined, owner: row.owner ?? undefined }));
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < size) return;
    before = { time: last.creationTime, id: last.id };
    remaining -= rows.length;
  }
}
