import { limits, type Result } from "@uws/core";
import type { AttemptRef } from "../attempt.ts";
import { reached } from "../moves.ts";
import { runningUnder } from "../running.ts";
import type { Store } from "../store.ts";

/**
 * Adds a result to a running job, or replaces the one of the same id. It is visible from now on.
 * @param sequence of the event that brought it, 0 when it came by upload
 * @returns "fenced" when the attempt no longer holds the job, "full" when the job has as many results as it may
 */
export async function addResult(
  { sql }: Store,
  attempt: AttemptRef,
  result: Omit<Result, "createdAt">,
  sequence: number,
): Promise<"added" | "fenced" | "full"> {
  const stored = "key" in result.location ? result.location : undefined;
  const reference = "reference" in result.location ? result.location.reference : null;
  const [outcome] = await sql<{ added: boolean }[]>`
    with given as (select ${attempt.job}::uuid as job, ${attempt.token}::text as token),
    held as (
      update jobs set heard_at = uws_now(), phase = ${reached(sql, "heard")}, event_sequence = greatest(event_sequence, ${sequence})
      from given where ${runningUnder(sql, [attempt])}
      returning jobs.id, jobs.attempt,
        (select count(*) from results where job_id = jobs.id and results.id <> ${result.id}) < ${limits.results} as room
    ),
    added as (
      insert into results (job_id, id, attempt, media_type, size, blob_key, sha256, reference, creation_time)
      select held.id, ${result.id}, attempt, ${result.mediaType}, ${result.size ?? null}::bigint,
        ${stored?.key ?? null}::text, ${stored?.sha256 ?? null}::text, ${reference}::text, uws_now()
      from held where room
      on conflict (job_id, id) do update set attempt = excluded.attempt, media_type = excluded.media_type,
        size = excluded.size, blob_key = excluded.blob_key, sha256 = excluded.sha256,
        reference = excluded.reference, creation_time = excluded.creation_time
      returning id
    )
    select exists (select from added) as added from held`;
  if (outcome === undefined) return "fenced";
  return outcome.added ? "added" : "full";
}
