import type { Store } from "../store.ts";

/**
 * Adds a user.
 * @param password its hash (argon2id, PHC string format)
 * @returns false when there is one of that name
 */
export async function addUser({ sql }: Store, name: string, password: string): Promise<boolean> {
  const added = await sql`
    insert into users (name, password, creation_time) values (${name}, ${password}, uws_now())
    on conflict (name) do nothing`;
  return added.count > 0;
}
