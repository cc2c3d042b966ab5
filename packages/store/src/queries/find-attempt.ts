import type { Parameter } from "@uws/core";
import type { AttemptRef } from "../attempt.ts";
import { runningUnder } from "../running.ts";
import type { Store } from "../store.ts";

/** The attempt's job, when it runs under that token: what a worker that uploads or downloads must be able to show. */
export async function findAttempt(
  { sql }: Store,
  attempt: AttemptRef,
): Promise<{ attempt: number; owner: string | null; parameters: Parameter[] } | undefined> {
  const [row] = await sql<{ attempt: number; owner: string | null; parameters: Parameter[] }[]>`
    select jobs.attempt, jobs.owner, jobs.parameters from jobs, (values (${attempt.job}::uuid, ${attempt.token})) as given (job, token)
    where ${runningUnder(sql, [attempt])}`;
  return row;
}
