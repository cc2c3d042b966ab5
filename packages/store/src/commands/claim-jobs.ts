import { type Parameter, waitingPhases } from "@uws/core";
import { isAmong } from "../moves.ts";
import type { Store } from "../store.ts";

export interface Claim {
  readonly id: string;
  readonly token: string;
  /** Name of the worker to which it will be assigned. */
  readonly worker: string;
}

/** What a worker is told of a job. */
export interface ClaimedJob {
  readonly id: string;
  readonly token: string;
  readonly type: string;
  readonly typeVersion: string;
  readonly attempt: number;
  readonly runId: string | null;
  readonly owner: string | null;
  /** Seconds; 0 = unlimited. */
  readonly executionDuration: number;
  readonly parameters: readonly Parameter[];
  readonly traceContext: Readonly<Record<string, string>> | null;
  readonly checkpoint: Uint8Array | null;
}

/**
 * Gives waiting jobs to workers, which have some time to accept them. The phase does not change yet.
 * @param acceptTimeout milliseconds
 * @returns those that were still waiting and unclaimed
 */
export async function claimJobs(
  { sql }: Store,
  claims: readonly Claim[],
  acceptTimeout: number,
): Promise<ClaimedJob[]> {
  const ids = claims.map(({ id }) => id);
  return await sql<ClaimedJob[]>`
    update jobs set attempt_token = claim.token, worker = claim.worker,
      accept_by = uws_now() + make_interval(secs => ${acceptTimeout / 1000})
    from jsonb_to_recordset(${sql.json(claims as Claim[] as never)}) as claim (id uuid, token text, worker text)
    where jobs.id = claim.id and jobs.id = any(${ids}::uuid[])
      and ${isAmong(sql, waitingPhases)} and coalesce(jobs.attempt_token, '') = ''
      and (jobs.available_at is null or jobs.available_at <= uws_now()) and not uws_paused(jobs.type)
    returning jobs.id, jobs.attempt_token as token, jobs.type, (select version from descriptions where digest = jobs.description) as "typeVersion",
      jobs.attempt + 1 as attempt, jobs.run_id as "runId", jobs.owner, jobs.execution_duration as "executionDuration",
      jobs.parameters, jobs.trace_context as "traceContext", jobs.checkpoint`;
}
