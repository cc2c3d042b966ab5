import { afterDeadlock } from "../after-deadlock.ts";
import type { Store } from "../store.ts";
import type { StoppedJob } from "./abort-job.ts";

/**
 * Removes jobs and all that belongs to them (UWS 1.1, section 2.2.3.2); their blobs are left to the keeper.
 * @returns those that were still there
 */
export async function deleteJobs({ sql }: Store, ids: readonly string[]): Promise<StoppedJob[]> {
  return await afterDeadlock(
    () => sql<StoppedJob[]>`
    with held as (select id from jobs where id = any(${ids as string[]}::uuid[]) order by id for update),
    gone as (delete from jobs using held where jobs.id = held.id returning jobs.id, jobs.type, jobs.attempt_token),
    thrown as (insert into garbage (key) select 'jobs/' || id || '/' from gone)
    select id, type, attempt_token as token from gone`,
  );
}

/**
 * Removes one job.
 * @returns the attempt token that was valid until now (undefined when no worker held it), or false when it was gone
 */
export async function deleteJob(store: Store, id: string): Promise<{ token: string | undefined } | false> {
  const [gone] = await deleteJobs(store, [id]);
  return gone === undefined ? false : { token: gone.token ?? undefined };
}
