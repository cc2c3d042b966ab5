import { runningPhases } from "@uws/core";
import { phaseList } from "./moves.ts";
import type { Sql } from "./store.ts";

/**
 * The fence: the job of `given (job, token, …)` runs, and under that very token. Every write for an attempt stands
 * behind it; no row changed means that the attempt is no longer the job's.
 */
export function runningUnder(sql: Sql) {
  return sql`jobs.id = given.job and jobs.attempt_token = given.token and jobs.phase in ${phaseList(sql, runningPhases)}`;
}

/** What is set when an attempt is over, whatever the outcome. */
export function released(sql: Sql) {
  return sql`attempt_token = null, accept_by = null, lease_until = null, deadline = null, dispatched_at = null`;
}
