import type { Store } from "../store.ts";

/**
 * Removes jobs whose destruction time has come (UWS 1.1, section 2.1); their blobs are left to the keeper.
 * @param archiving services that archive instead: of theirs, only what is archived already is removed
 * @returns the jobs, and the tokens of those that a worker still held
 */
export async function destroyJobs(
  { sql }: Store,
  archiving: readonly string[],
  limit: number,
): Promise<{ id: string; token: string | null }[]> {
  return await sql<{ id: string; token: string | null }[]>`
    with due as (
      select id from jobs
      where destruction < uws_now() and (phase = 'ARCHIVED' or service <> all(${archiving as string[]}::text[]))
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
