import { afterDeadlock } from "../after-deadlock.ts";
import { movable, reached } from "../moves.ts";
import type { Store } from "../store.ts";

/** How long archived jobs are kept: seconds, null for ever; undefined leaves the destruction time as it is. */
export type Keep = number | null | undefined;

/**
 * Archives jobs at their owner's wish (PHASE=ARCHIVE): their results and uploads go, what is known about them stays.
 * @returns those that are archived now; the others have not ended, or are archived already, or gone
 */
export async function archiveEndedJobs(
  { sql }: Store,
  ids: readonly string[],
  keep: Keep,
): Promise<{ id: string; type: string }[]> {
  return await afterDeadlock(
    () => sql<{ id: string; type: string }[]>`
    with held as (select id from jobs where id = any(${ids as string[]}::uuid[]) order by id for update),
    archived as (
      update jobs set phase = ${reached(sql, "archive")}
        ${keep === undefined ? sql`` : sql`, destruction = uws_now() + make_interval(secs => ${keep})`}
      from held where jobs.id = held.id and ${movable(sql, "archive")}
      returning jobs.id, jobs.type
    ),
    emptied as (delete from results using archived where results.job_id = archived.id),
    thrown as (insert into garbage (key) select 'jobs/' || id || '/' from archived)
    select id, type from archived`,
  );
}

/** Archives one job. @returns false when its phase does not allow it (or it is gone) */
export async function archiveJob(store: Store, id: string, keep: Keep): Promise<boolean> {
  return (await archiveEndedJobs(store, [id], keep)).length === 1;
}
