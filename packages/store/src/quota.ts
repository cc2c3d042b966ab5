import type postgres from "postgres";
import type { Sql } from "./store.ts";

type Fragment = postgres.PendingQuery<postgres.Row[]>;

/** How many jobs of one owner may be active at a service, and what becomes of those above it. */
export interface Quota {
  /** QUEUED, EXECUTING, UNKNOWN and SUSPENDED jobs. */
  readonly active: number;
  /** HELD until the client tells it to run again, or refused. */
  readonly over: "hold" | "refuse";
}

/**
 * Whether there is room for another job of the owner: a query of one row, `room`. Whoever asks for the same owner waits for
 * the end of this statement, so that two jobs cannot take the same place.
 * @param service, owner SQL expressions; @param from where they come from, a FROM clause or nothing
 */
export function roomFor(sql: Sql, quota: Quota, service: Fragment, owner: Fragment, from: Fragment): Fragment {
  return sql`select uws_active_jobs(${service}, ${owner}, ${quota.active}) < ${quota.active} as room ${from}`;
}
