import { runningPhases } from "@uws/core";
import type { AttemptRef } from "./attempt.ts";
import { isAmong } from "./moves.ts";
import type { Sql } from "./store.ts";

/**
 * The fence: the job of `given (job, token, …)` runs, and under that very token. Every write for an attempt stands
 * behind it; no row changed means that the attempt is no longer the job's.
 *
 * The jobs are named a second time, and their tokens compared in a roundabout way, so that the planner looks them up by
 * their ids whatever it knows of the table when it makes its plan: see `isAmong`.
 * @param attempts those in `given`
 */
export function runningUnder(sql: Sql, attempts: readonly AttemptRef[]) {
  return sql`jobs.id = given.job and jobs.id = any(${attempts.map(({ job }) => job)}::uuid[])
    and coalesce(jobs.attempt_token, '') = given.token and ${isAmong(sql, runningPhases)}`;
}

/** What is set when an attempt is over, whatever the outcome. */
export function released(sql: Sql) {
  return sql`attempt_token = null, accept_by = null, lease_until = null, deadline = null, dispatched_at = null`;
}
