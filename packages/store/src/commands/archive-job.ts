import { movable, reached } from "../moves.ts";
import type { Store } from "../store.ts";

/** How long archived jobs are kept: seconds, null for ever; undefined leaves the destruction time as it is. */
export type Keep = number | null | undefined;

/**
 * Archives a job at its owner's wish (PHASE=ARCHIVE): its results and uploads go, what is known about it stays.
 * @returns false when the job has not ended, or is archived already, or gone
 */
export async function archiveJob({ sql }: Store, id: string, keep: Keep): Promise<boolean> {
  const archived = await sql`
    with archived as (
      update jobs set phase = ${reached(sql, "archive")}
        ${keep === undefined ? sql`` : sql`, destruction = uws_now() + make_interval(secs => ${keep})`}
      where id = ${id} and ${movable(sql, "archive")}
      returning id
    ),
    emptied as (delete from results using archived where results.job_id = archived.id),
    thrown as (insert into garbage (key) select 'jobs/' || id || '/' from archived)
    select id from archived`;
  return archived.length === 1;
}
