import type { Store } from "../store.ts";

/**
 * Lets the bearers of a token in no more; gateways notice at their next look.
 * @returns false when there was none of that name
 */
export async function removeWorkerToken({ sql }: Store, name: string): Promise<boolean> {
  const gone = await sql`delete from worker_tokens where name = ${name}`;
  return gone.count > 0;
}
