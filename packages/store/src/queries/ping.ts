import type { Store } from "../store.ts";

/** Resolves when PostgreSQL answers. */
export async function ping({ sql }: Store): Promise<void> {
  await sql`select 1`;
}
