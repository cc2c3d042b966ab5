import { waitingPhases } from "@uws/core";
import { phaseList } from "../moves.ts";
import type { Store } from "../store.ts";

/**
 * Takes claims back that no worker accepted in time. No attempt is spent; the jobs are dispatched again.
 * @returns the tokens that are no longer valid, and the jobs' types
 */
export async function unclaimJobs({ sql }: Store, limit: number): Promise<{ token: string; type: string }[]> {
  return await sql<{ token: string; type: string }[]>`
    with late as (
      select id, attempt_token from jobs
      where attempt_token is not null and phase in ${phaseList(sql, waitingPhases)} and accept_by < uws_now()
      limit ${limit}
      for update skip locked
    )
    update jobs set attempt_token = null, accept_by = null, dispatched_at = null, worker = null
    from late where jobs.id = late.id
    returning late.attempt_token as token, jobs.type`;
}
