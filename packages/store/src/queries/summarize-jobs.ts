import { limits, type Progress } from "@uws/core";
import type { Store } from "../store.ts";

/** What a table shows of a job beside what every list has: the beginnings of what may be long. */
export interface JobSummary {
  readonly id: string;
  readonly startTime: Date | null;
  readonly endTime: Date | null;
  readonly destruction: Date | null;
  readonly progress: Pick<Progress, "fraction" | "message"> | null;
  /** The first ones, as they were sent; a value may be cut. */
  readonly parameters: readonly SummarizedParameter[];
  readonly parameterCount: number;
  /** The first ones, in the order in which they were stored. */
  readonly results: readonly { readonly id: string; readonly mediaType: string; readonly size: number | null }[];
  readonly resultCount: number;
  /** The beginning of the message. */
  readonly error: string | null;
}

export type SummarizedParameter =
  | { readonly name: string; readonly value: string; readonly cut: boolean }
  /** Uploaded. */
  | { readonly name: string; readonly mediaType: string; readonly size: number };

type Row = Omit<JobSummary, "progress"> & { readonly fraction: number | null; readonly message: string | null };

/** Reads the summaries of jobs, by their ids; of those that are gone there is none. */
export async function summarizeJobs({ sql }: Store, ids: readonly string[]): Promise<Map<string, JobSummary>> {
  const { summaryItems: items, summaryText: length } = limits;
  const rows = await sql<Row[]>`
    select id, start_time as "startTime", end_time as "endTime", destruction,
      progress_fraction as fraction, left(progress_message, ${length}) as message,
      left(error_message, ${length}) as error, jsonb_array_length(parameters) as "parameterCount",
      coalesce((
        select json_agg(case when item ? 'value'
          then json_build_object('name', item->'name', 'value', left(item->>'value', ${length}),
            'cut', length(item->>'value') > ${length})
          else json_build_object('name', item->'name', 'mediaType', item->'upload'->'mediaType',
            'size', item->'upload'->'size')
          end order by place)
        from jsonb_array_elements(parameters) with ordinality as each (item, place) where place <= ${items}
      ), '[]') as parameters,
      coalesce((
        select json_agg(json_build_object('id', first.id, 'mediaType', media_type, 'size', size) order by ordinal)
        from (select * from results where job_id = jobs.id order by ordinal limit ${items}) as first
      ), '[]') as results,
      (select count(*) from results where job_id = jobs.id)::int as "resultCount"
    from jobs where id = any(${ids}::uuid[])`;
  return new Map(
    rows.map(({ fraction, message, ...row }) => [
      row.id,
      {
        ...row,
        progress: fraction === null && message === null ? null : { fraction: fraction ?? 0, message: message ?? "" },
      },
    ]),
  );
}
