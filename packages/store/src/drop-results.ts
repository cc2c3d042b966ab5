import { reached } from "./moves.ts";
import type { Sql } from "./store.ts";

/**
 * A CTE that follows `ended (id, phase, checkpoint)`, and a condition of the main query without which it is not carried out: a job
 * that begins anew loses what its attempts have made so far; only from a checkpoint does the next one go on with what there is.
 *
 * It looks with a snapshot of its own: a result that was stored while the statement waited for the job goes as well.
 * @param anew the phase in which a job without a checkpoint begins anew
 */
export function dropResults(sql: Sql, anew: "requeue" | "suspend" = "requeue") {
  return {
    dropped: sql`
      dropped as materialized (
        select uws_drop_results(ended.id) as results from ended
        where ended.phase = ${reached(sql, anew)} and ended.checkpoint is null
      )`,
    done: sql`(select coalesce(sum(results), 0) from dropped) >= 0`,
  };
}
