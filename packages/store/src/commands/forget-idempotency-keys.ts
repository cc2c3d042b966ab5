import type { Store } from "../store.ts";

/**
 * Forgets keys of requests that were made so long ago.
 * @param seconds; @param limit rows at most
 * @returns how many
 */
export async function forgetIdempotencyKeys({ sql }: Store, seconds: number, limit: number): Promise<number> {
  const gone = await sql`
    delete from idempotency_keys where ctid = any(array(
      select ctid from idempotency_keys where creation_time < uws_now() - make_interval(secs => ${seconds})
      order by creation_time
      limit ${limit}
      for update skip locked
    ))`;
  return gone.count;
}
