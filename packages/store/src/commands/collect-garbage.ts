import type { Store } from "../store.ts";

export interface Garbage {
  readonly id: number;
  /** Of one blob, or with a trailing slash of all below it. */
  readonly key: string;
}

/** What blobs nobody needs any more. */
export async function listGarbage({ sql }: Store, limit: number): Promise<Garbage[]> {
  return await sql<Garbage[]>`select id, key from garbage order by id limit ${limit}`;
}

/** Forgets garbage whose blobs are gone. Two keepers may do the same; nothing comes of it. */
export async function forgetGarbage({ sql }: Store, ids: readonly number[]): Promise<void> {
  await sql`delete from garbage where id = any(${ids as number[]}::bigint[])`;
}
