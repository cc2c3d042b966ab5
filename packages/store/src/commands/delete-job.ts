import type { Store } from "../store.ts";

/**
 * Removes a job and all that belongs to it (UWS 1.1, section 2.2.3.2); its blobs are left to the keeper.
 * @returns the attempt token that was valid until now (undefined when no worker held it), or false when it was gone
 */
export async function deleteJob({ sql }: Store, id: string): Promise<{ token: string | undefined } | false> {
  const [gone] = await sql<{ token: string | null }[]>`
    with gone as (delete from jobs where id = ${id} returning id, attempt_token),
    thrown as (insert into garbage (key) select 'jobs/' || id || '/' from gone)
    select attempt_token as token from gone`;
  return gone === undefined ? false : { token: gone.token ?? undefined };
}
