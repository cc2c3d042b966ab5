import { reached } from "./moves.ts";
import type { Sql } from "./store.ts";

/**
 * CTEs that follow `ended (id, phase, checkpoint)`: a job that is queued again begins anew, so that its results are
 * those of one attempt; only from a checkpoint does the next attempt go on with what there is.
 */
export function dropResults(sql: Sql) {
  return sql`
    dropped as (
      delete from results using ended
      where results.job_id = ended.id and ended.phase = ${reached(sql, "requeue")} and ended.checkpoint is null
      returning blob_key
    ),
    thrown as (insert into garbage (key) select blob_key from dropped where blob_key is not null)`;
}
