import { mayMove, reached } from "../moves.ts";
import type { Store } from "../store.ts";

/**
 * Marks jobs as UNKNOWN whose workers were not heard of for a while, though their leases still run.
 * @param silence milliseconds
 */
export async function markSilent({ sql }: Store, silence: number, limit: number): Promise<{ id: string }[]> {
  return await sql<{ id: string }[]>`
    with silent as (
      select id from jobs
      where attempt_token is not null and phase in ${mayMove(sql, "silent")}
        and heard_at < uws_now() - make_interval(secs => ${silence / 1000})
      limit ${limit}
      for update skip locked
    )
    update jobs set phase = ${reached(sql, "silent")}
    from silent where jobs.id = silent.id
    returning jobs.id`;
}
