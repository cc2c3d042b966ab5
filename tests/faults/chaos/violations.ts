import type { Store } from "@uws/store";
import { Glob } from "bun";

/** What the database must not say when everything has ended: a statement each, whose rows are violations. */
const rules: Readonly<Record<string, string>> = {
  "a job has not ended": "select id::text, phase::text from jobs where phase not in ('COMPLETED', 'ERROR', 'ABORTED')",
  "an attempt is open": "select job_id::text as id from attempts where end_time is null",
  "an attempt was made of a job that had ended": `select job_id::text as id from attempts where outcome in ('completed', 'failed')
    group by job_id having count(*) > 1`,
  "the last attempt does not fit the phase": `select jobs.id::text, phase::text, outcome from jobs
    join attempts on job_id = jobs.id and number = attempt
    where phase = 'COMPLETED' and outcome <> 'completed'`,
  "attempts have gaps": `select job_id::text as id from attempts group by job_id having max(number) <> count(*)`,
  "more attempts were spent than allowed": "select id::text from jobs where failures > max_attempts",
  "a result is of an attempt that was fenced": `select jobs.id::text, r.id as result, r.attempt from jobs join results r on r.job_id = jobs.id
    where phase = 'COMPLETED' and r.attempt <> jobs.attempt
      and not exists (select from attempts a where a.job_id = jobs.id and a.number = r.attempt and a.outcome = 'released')`,
  "a token is held by nobody": "select id::text from jobs where attempt_token is not null",
  "a log line came after its attempt": `select l.job_id::text as id from log_lines l join attempts a
    on a.job_id = l.job_id and a.number = l.attempt where l.time > a.end_time + interval '1 second'`,
};

/** Looks for everything that the database must not hold. */
export async function findViolations(store: Store): Promise<string[]> {
  const found: string[] = [];
  for (const [rule, statement] of Object.entries(rules)) {
    for (const row of (await store.sql.unsafe(statement)).slice(0, 20)) found.push(`${rule}: ${JSON.stringify(row)}`);
  }
  return found;
}

/** Compares the rows of results with the files on the disk. */
export async function compareFiles(
  store: Store,
  blobs: string,
): Promise<{ readonly missing: readonly string[]; readonly orphans: readonly string[] }> {
  const rows = await store.sql<{ key: string }[]>`select blob_key as key from results where blob_key is not null`;
  const needed = new Set(rows.map(({ key }) => key));
  const there = new Set<string>();
  for await (const file of new Glob("**/*").scan({ cwd: blobs, onlyFiles: true, dot: true })) there.add(file);
  return {
    missing: [...needed].filter((key) => !there.has(key)),
    orphans: [...there].filter((file) => !needed.has(file)),
  };
}
