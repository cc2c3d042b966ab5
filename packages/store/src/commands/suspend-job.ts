import { dropResults } from "../drop-results.ts";
import { movable, reached } from "../moves.ts";
import { released } from "../running.ts";
import type { Store } from "../store.ts";

/**
 * Takes a running job from its worker at an operator's wish: it is SUSPENDED, and nobody is given it until `unsuspendJob`. No
 * attempt is spent. From the checkpoint that its worker saved it goes on afterwards; without one it begins anew, and what it has
 * made so far goes. The worker is fenced: its next message tells it.
 * @returns false when the job does not run, or is gone
 */
export async function suspendJob({ sql }: Store, id: string): Promise<boolean> {
  const { dropped, done } = dropResults(sql, "suspend");
  const [suspended] = await sql`
    with ended as (
      update jobs set phase = ${reached(sql, "suspend")}, available_at = 'infinity',
        progress_fraction = case when checkpoint is not null then progress_fraction end,
        progress_message = case when checkpoint is not null then progress_message end,
        progress_counters = case when checkpoint is not null then progress_counters end,
        ${released(sql)}
      where id = ${id} and ${movable(sql, "suspend")}
      returning id, attempt, phase, checkpoint
    ),
    history as (
      update attempts set end_time = uws_now(), outcome = 'released', message = 'suspended by an operator'
      from ended where attempts.job_id = ended.id and attempts.number = ended.attempt
    ),
    ${dropped}
    select id from ended where ${done}`;
  return suspended !== undefined;
}

/**
 * Ends what `suspendJob` began: the job waits for a worker again.
 * @returns false when no operator had suspended it, or it has ended
 */
export async function unsuspendJob({ sql }: Store, id: string): Promise<boolean> {
  const [changed] = await sql`
    update jobs set available_at = null where id = ${id} and phase = 'SUSPENDED' and available_at = 'infinity'
    returning id`;
  return changed !== undefined;
}
