import type { Phase } from "@uws/core";
import type { Store } from "../store.ts";

/** A job as the database shows it. */
export interface SeenJob {
  readonly phase: Phase;
  readonly attempt: number;
  readonly failures: number;
  readonly maxAttempts: number;
  readonly token: string | null;
  /** Somebody has it until a time, but has not accepted it. */
  readonly claimed: boolean;
  readonly leased: boolean;
  /** There is a time at which its execution duration is exceeded. */
  readonly limited: boolean;
  readonly eventSequence: number;
  readonly progress: number | null;
  readonly checkpoint: boolean;
  readonly started: boolean;
  readonly ended: boolean;
  readonly error: string | null;
  readonly dispatched: boolean;
  readonly dispatches: number;
  readonly attempts: readonly { readonly number: number; readonly outcome: string | null; readonly ended: boolean }[];
  /** `id key` */
  readonly results: readonly string[];
  /** `attempt:sequence` */
  readonly logs: readonly string[];
  /** The whole row, to see that nothing of it was touched. */
  readonly row: string;
}

/** What the database holds of one sequence. */
export interface Seen {
  readonly jobs: ReadonlyMap<string, SeenJob>;
  /** The blobs that are to be removed. */
  readonly garbage: readonly string[];
}

/**
 * Reads jobs, and all that belongs to them, at one moment and in one round trip: it is done after each command.
 * @param since the last row of garbage that is not of this sequence
 */
export async function see({ sql }: Store, ids: readonly string[], since: number): Promise<Seen> {
  const [seen] = await sql<[{ jobs: (SeenJob & { id: string })[]; garbage: string[] }]>`
    with seen as (
      select id, phase, attempt, failures, max_attempts as "maxAttempts", attempt_token as token,
        accept_by is not null as claimed, lease_until is not null as leased, deadline is not null as limited,
        event_sequence as "eventSequence", progress_fraction as progress, checkpoint is not null as checkpoint,
        start_time is not null as started, end_time is not null as ended, error_type as error,
        dispatched_at is not null as dispatched, dispatches, jobs::text as row,
        coalesce((
          select json_agg(json_build_object('number', number, 'outcome', outcome, 'ended', attempts.end_time is not null)
            order by number)
          from attempts where job_id = jobs.id
        ), '[]') as attempts,
        array(
          select results.id || ' ' || blob_key from results where job_id = jobs.id order by results.id collate "C"
        ) as results,
        array(
          select log_lines.attempt || ':' || sequence from log_lines where job_id = jobs.id
          order by (log_lines.attempt || ':' || sequence) collate "C"
        ) as logs
      from jobs where id = any(${ids as string[]}::uuid[])
    )
    select coalesce((select json_agg(seen) from seen), '[]') as jobs,
      array(select key from garbage where id > ${since} order by key collate "C") as garbage`;
  return { jobs: new Map(seen.jobs.map(({ id, ...job }) => [id, job])), garbage: seen.garbage };
}
