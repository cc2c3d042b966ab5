import { mayMove, reached } from "../moves.ts";
import type { Store } from "../store.ts";

/**
 * Queues a job at its client's wish (PHASE=RUN).
 * @returns false when its phase does not allow it (or it is gone)
 */
export async function runJob({ sql }: Store, id: string): Promise<boolean> {
  const moved = await sql`
    update jobs set phase = ${reached(sql, "run")}, queued_at = uws_now(), dispatched_at = null
    where id = ${id} and phase in ${mayMove(sql, "run")}
    returning id`;
  return moved.length === 1;
}
