import { endAbortedAttempts } from "../end-aborted-attempts.ts";
import { mayMove, reached } from "../moves.ts";
import type { Store } from "../store.ts";

/** A service that archives its jobs at their destruction time, and for how many seconds it keeps them; null = for ever. */
export interface ArchivingService {
  readonly service: string;
  readonly keep: number | null;
}

/** Archives the jobs that have ended and whose destruction time has come (UWS 1.1, section 2.1). */
export async function archiveJobs(
  { sql }: Store,
  services: readonly ArchivingService[],
  limit: number,
): Promise<{ id: string }[]> {
  return await sql<{ id: string }[]>`
    with due as (
      select id, keep from jobs
      join jsonb_to_recordset(${sql.json(services as ArchivingService[] as never)}) as given (service text, keep float8)
        using (service)
      where destruction < uws_now() and phase in ${mayMove(sql, "archive")}
      order by destruction
      limit ${limit}
      for update of jobs skip locked
    ),
    archived as (
      update jobs set phase = ${reached(sql, "archive")}, destruction = uws_now() + make_interval(secs => due.keep)
      from due where jobs.id = due.id
      returning jobs.id
    ),
    emptied as (delete from results using archived where results.job_id = archived.id),
    thrown as (insert into garbage (key) select 'jobs/' || id || '/' from archived)
    select id from archived`;
}

/**
 * Aborts the jobs of such services whose destruction time has come before their end: the next look archives them.
 * @returns the jobs, and the tokens of those that a worker still held
 */
export async function abortDueJobs(
  { sql }: Store,
  services: readonly string[],
  limit: number,
): Promise<{ id: string; token: string | null }[]> {
  return await sql<{ id: string; token: string | null }[]>`
    with due as (
      select id, attempt_token from jobs
      where service = any(${services as string[]}::text[]) and destruction < uws_now()
        and phase in ${mayMove(sql, "abort")}
      order by destruction
      limit ${limit}
      for update skip locked
    ),
    aborted as (
      update jobs set phase = ${reached(sql, "abort")}, end_time = uws_now(), attempt_token = null,
        accept_by = null, lease_until = null, deadline = null, checkpoint = null
      from due where jobs.id = due.id
      returning jobs.id, jobs.attempt, jobs.worker, due.attempt_token as token
    ),
    history as (
      ${endAbortedAttempts(sql)}
    )
    select id, token from aborted`;
}
