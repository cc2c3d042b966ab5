import type { Store } from "../store.ts";

/** The names of all users, in order. */
export async function listUsers({ sql }: Store): Promise<string[]> {
  const users = await sql<{ name: string }[]>`select name from users order by name`;
  return users.map(({ name }) => name);
}
