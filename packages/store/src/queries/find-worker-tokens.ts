import type { Store } from "../store.ts";

/** A token that is valid now. */
export interface ValidWorkerToken {
  readonly hash: string;
  readonly name: string;
  /** Job types that its bearer may run; null = all. */
  readonly types: readonly string[] | null;
}

/** Those of the tokens with these hashes that are known and have not expired. */
export async function findWorkerTokens({ sql }: Store, hashes: readonly string[]): Promise<ValidWorkerToken[]> {
  return await sql<ValidWorkerToken[]>`
    select hash, name, types from worker_tokens
    where hash = any(${[...hashes]}::text[]) and (expiry is null or expiry > uws_now())`;
}
