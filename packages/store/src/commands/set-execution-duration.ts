import { terminalPhases } from "@uws/core";
import { phaseList } from "../moves.ts";
import type { Store } from "../store.ts";

/**
 * Sets how long an attempt may take; an attempt that runs gets the new deadline.
 * @param seconds 0 = unlimited
 * @returns false when the job has ended (or is gone)
 */
export async function setExecutionDuration({ sql }: Store, id: string, seconds: number): Promise<boolean> {
  const changed = await sql`
    update jobs set execution_duration = ${seconds},
      deadline = case
        when ${seconds} > 0 then (
          select start_time from attempts where job_id = jobs.id and number = jobs.attempt and end_time is null
        ) + make_interval(secs => ${seconds})
      end
    where id = ${id} and phase not in ${phaseList(sql, terminalPhases)}
    returning id`;
  return changed.length === 1;
}
