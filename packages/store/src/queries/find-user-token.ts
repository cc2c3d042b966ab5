import type { Store } from "../store.ts";

/** Whom a token lets in, and to what. */
export interface ValidUserToken {
  readonly owner: string;
  readonly name: string;
  /** Whether its bearer may only look. */
  readonly readOnly: boolean;
  /** Paths of the services for which it is good; null = all. */
  readonly services: readonly string[] | null;
}

/** The token with this hash, if it is known and has not expired. */
export async function findUserToken({ sql }: Store, hash: string): Promise<ValidUserToken | undefined> {
  const [token] = await sql<ValidUserToken[]>`
    select owner, name, read_only as "readOnly", services from user_tokens
    where hash = ${hash} and (expiry is null or expiry > uws_now())`;
  return token;
}
