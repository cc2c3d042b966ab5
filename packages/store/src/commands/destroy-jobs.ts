import type { Store } from "../store.ts";

/**
 * Removes jobs whose destruction time has come (UWS 1.1, section 2.1.6); their blobs are left to the keeper.
 * @returns the jobs, and the tokens of those that a worker still held
 */
export async function destroyJobs({ sql }: Store, limit: number): Promise<{ id: string; token: string | null }[]> {
  return await sql<{ id: string; token: string | null }[]>`
    with due as (
      select id from jobs where destruction < uws_now() and phase <> 'ARCHIVED'
      order by destruction
      limit ${limit}
      for update skip locked
    ),
    gone as (
      delete from jobs using due where jobs.id = due.id
      returning jobs.id, jobs.attempt_token
    ),
    thrown as (insert into garbage (key) select 'jobs/' || id || '/' from gone)
    select id, attempt_token as token from gone`;
}
