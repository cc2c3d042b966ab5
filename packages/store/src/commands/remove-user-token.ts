import type { Store } from "../store.ts";

/**
 * Lets the bearers of a user's token in no more, at once.
 * @returns false when the user has none of that name
 */
export async function removeUserToken({ sql }: Store, owner: string, name: string): Promise<boolean> {
  const gone = await sql`delete from user_tokens where owner = ${owner} and name = ${name}`;
  return gone.count > 0;
}
