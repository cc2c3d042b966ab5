import type { Store } from "../store.ts";

/** What an operator sees of a token. */
export interface WorkerToken {
  readonly name: string;
  /** Job types that its bearer may run; null = all. */
  readonly types: readonly string[] | null;
  readonly creationTime: Date;
  /** Null = for ever. */
  readonly expiry: Date | null;
  readonly expired: boolean;
}

/** All tokens by name; what they let in, never what they are. */
export async function listWorkerTokens({ sql }: Store): Promise<WorkerToken[]> {
  return await sql<WorkerToken[]>`
    select name, types, creation_time as "creationTime", expiry, coalesce(expiry <= uws_now(), false) as expired
    from worker_tokens order by name`;
}
