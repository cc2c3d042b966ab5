import { limits, type Progress } from "@uws/core";
import type postgres from "postgres";
import type { AttemptRef } from "../attempt.ts";
import { reached } from "../moves.ts";
import { runningUnder } from "../running.ts";
import type { Store } from "../store.ts";

type Fragment = postgres.PendingQuery<postgres.Row[]>;

export interface LogLine {
  readonly sequence: number;
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
}

/** Events of one attempt, in order and without gaps after what is stored. */
export interface AttemptEvents extends AttemptRef {
  /** Sequence number of the last of them. */
  readonly sequence: number;
  /** The latest, if any. */
  readonly progress: Progress | null;
  readonly log: readonly LogLine[];
  /** Base64; the latest, if any. */
  readonly checkpoint: string | null;
}

/**
 * Stores events of many attempts at once. What was stored before is left as it is, so that sending twice is harmless.
 * Log lines past the limit of an attempt are dropped. The worker counts as heard of, its lease is not extended.
 * @returns the attempts whose events are stored now; those missing are fenced
 */
export async function recordEvents(
  { sql }: Store,
  events: readonly AttemptEvents[],
): Promise<{ id: string; token: string }[]> {
  /** The log lines that come after what is stored: only they are written and counted. */
  const news = (sequence: Fragment) =>
    sql`jsonb_path_query_array(given.log, '$[*] ? (@.sequence > $last)', jsonb_build_object('last', ${sequence}))`;
  return await sql<{ id: string; token: string }[]>`
    with given as (
      select * from jsonb_to_recordset(${sql.json(events as AttemptEvents[] as never)})
        as given (job uuid, token text, sequence bigint, progress jsonb, log jsonb, checkpoint text)
    ),
    stored as (
      update jobs set heard_at = uws_now(), phase = ${reached(sql, "heard")},
        event_sequence = greatest(jobs.event_sequence, given.sequence),
        log_lines = least(jobs.log_lines + jsonb_array_length(${news(sql`jobs.event_sequence`)}), ${limits.logLines}),
        progress_fraction = greatest(jobs.progress_fraction, (given.progress ->> 'fraction')::float8),
        progress_message = coalesce(given.progress ->> 'message', jobs.progress_message),
        progress_counters = coalesce(given.progress -> 'counters', jobs.progress_counters),
        checkpoint = coalesce(decode(given.checkpoint, 'base64'), jobs.checkpoint)
      from given join jobs as before on before.id = given.job and before.id = any(${events.map(({ job }) => job)}::uuid[])
      where ${runningUnder(sql, events)}
      returning jobs.id, jobs.attempt, jobs.attempt_token as token, before.log_lines as lines,
        ${news(sql`before.event_sequence`)} as log
    ),
    written as (
      insert into log_lines (job_id, attempt, sequence, time, level, message)
      select stored.id, stored.attempt, line.sequence, uws_now(), line.level, line.message
      from stored cross join rows from (jsonb_to_recordset(stored.log) as (sequence bigint, level text, message text))
        with ordinality as line (sequence, level, message, ordinality)
      where stored.lines + line.ordinality <= ${limits.logLines}
      on conflict do nothing
    )
    select id, token from stored`;
}
