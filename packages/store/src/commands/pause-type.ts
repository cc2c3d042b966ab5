import { waitingPhases } from "@uws/core";
import { phaseList } from "../moves.ts";
import type { Store } from "../store.ts";

/**
 * Pauses a job type, or ends that. While it is paused, none of its jobs is given to a worker, and RUN makes jobs HELD; those
 * that run go on. Jobs whose messages wait in the queue keep their places in the order, and are rung again afterwards.
 * @returns false when it was so already
 */
export async function pauseType({ sql }: Store, type: string, paused: boolean): Promise<boolean> {
  const [changed] = await sql`
    with changed as (
      insert into job_types (type, paused) values (${type}, ${paused})
      on conflict (type) do update set paused = excluded.paused where job_types.paused <> excluded.paused
      returning type
    ),
    called_back as (
      update jobs set dispatched_at = null, rung_at = null from changed
      where ${paused} and jobs.type = changed.type and jobs.phase in ${phaseList(sql, waitingPhases)}
        and jobs.dispatched_at is not null and jobs.attempt_token is null
    )
    select type from changed`;
  return changed !== undefined;
}
