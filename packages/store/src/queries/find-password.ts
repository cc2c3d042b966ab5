import type { Store } from "../store.ts";

/** The hash of a user's password (argon2id, PHC string format), or undefined where there is no such user. */
export async function findPassword({ sql }: Store, name: string): Promise<string | undefined> {
  const [user] = await sql<{ password: string }[]>`select password from users where name = ${name}`;
  return user?.password;
}
