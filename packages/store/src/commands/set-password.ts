import type { Store } from "../store.ts";

/**
 * Gives a user another password.
 * @param password its hash (argon2id, PHC string format)
 * @returns false when there is none of that name
 */
export async function setPassword({ sql }: Store, name: string, password: string): Promise<boolean> {
  const changed = await sql`update users set password = ${password} where name = ${name}`;
  return changed.count > 0;
}
