import type { Store } from "../store.ts";

/**
 * Removes a user, whose jobs stay.
 * @returns false when there was none of that name
 */
export async function removeUser({ sql }: Store, name: string): Promise<boolean> {
  const gone = await sql`delete from users where name = ${name}`;
  return gone.count > 0;
}
