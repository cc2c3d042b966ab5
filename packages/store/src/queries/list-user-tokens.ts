import type { Store } from "../store.ts";

/** What a user sees of a token. */
export interface UserToken {
  readonly name: string;
  /** Whether its bearer may only look. */
  readonly readOnly: boolean;
  /** Paths of the services for which it is good; null = all. */
  readonly services: readonly string[] | null;
  readonly creationTime: Date;
  /** Null = for ever. */
  readonly expiry: Date | null;
  readonly expired: boolean;
}

/** A user's tokens by name; what they let in, never what they are. */
export async function listUserTokens({ sql }: Store, owner: string): Promise<UserToken[]> {
  return await sql<UserToken[]>`
    select name, read_only as "readOnly", services, creation_time as "creationTime", expiry,
      coalesce(expiry <= uws_now(), false) as expired
    from user_tokens where owner = ${owner} order by name`;
}
