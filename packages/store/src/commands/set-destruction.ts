import type { Store } from "../store.ts";

/**
 * Sets the destruction time, no later than so many seconds from now (undefined = at any time).
 * @returns false when the job is gone or archived
 */
export async function setDestruction(
  { sql }: Store,
  id: string,
  time: Date,
  maxSeconds: number | undefined,
): Promise<boolean> {
  const changed = await sql`
    update jobs set destruction = least(${time}::timestamptz, uws_now() + make_interval(secs => ${maxSeconds ?? null}))
    where id = ${id} and phase <> 'ARCHIVED'
    returning id`;
  return changed.length === 1;
}
