import type { AttemptRef } from "../attempt.ts";
import { reached } from "../moves.ts";
import { runningUnder } from "../running.ts";
import type { Store } from "../store.ts";

/** A heartbeat that was accepted. */
export interface Renewed {
  readonly token: string;
  readonly id: string;
  /** Sequence number of the last event that is stored. */
  readonly eventSequence: number;
  /** The job was UNKNOWN and is EXECUTING again. */
  readonly heardAgain: boolean;
}

/**
 * Extends the leases of attempts whose workers were heard of.
 * @param lease milliseconds
 * @returns the attempts that still hold their jobs; those missing are fenced
 */
export async function renewLeases({ sql }: Store, attempts: readonly AttemptRef[], lease: number): Promise<Renewed[]> {
  return await sql<Renewed[]>`
    update jobs set heard_at = uws_now(), lease_until = uws_now() + make_interval(secs => ${lease / 1000}),
      phase = ${reached(sql, "heard")}
    from jsonb_to_recordset(${sql.json(attempts as AttemptRef[] as never)}) as given (job uuid, token text)
    join jobs as before on before.id = given.job and before.id = any(${attempts.map(({ job }) => job)}::uuid[])
    where ${runningUnder(sql, attempts)}
    returning jobs.attempt_token as token, jobs.id, jobs.event_sequence as "eventSequence",
      before.phase = 'UNKNOWN' as "heardAgain"`;
}
