import type { Store } from "@uws/store";
import { Glob } from "bun";
import { legacy } from "./heir.ts";
import { late } from "./late-writer.ts";

/**
 * A write that crosses the end of its attempt: it may have got the row first, though its statement began later. Both wait as
 * long as PostgreSQL is frozen.
 */
const crossing = "interval '3 seconds'";

/** What the database must not say when everything has ended: a statement each, whose rows are violations. */
const rules: Readonly<Record<string, string>> = {
  "a job has not ended": "select id::text, phase::text from jobs where phase not in ('COMPLETED', 'ERROR', 'ABORTED')",
  "an attempt is open": "select job_id::text as id from attempts where end_time is null",
  "an attempt was made of a job that had ended": `select job_id::text as id from attempts where outcome in ('completed', 'failed')
    group by job_id having count(*) > 1`,
  "an attempt began before the one before it had ended": `select job_id::text as id, number from (
      select job_id, number, start_time, lag(end_time) over (partition by job_id order by number) as earlier from attempts
    ) as attempt where start_time < earlier`,
  "the last attempt does not fit the phase": `select jobs.id::text, phase::text, outcome from jobs
    join attempts on job_id = jobs.id and number = attempt
    where phase = 'COMPLETED' and outcome <> 'completed'`,
  "a job that has not completed has an attempt that did": `select jobs.id::text, phase::text from jobs
    join attempts on job_id = jobs.id where phase <> 'COMPLETED' and outcome = 'completed'`,
  "a job did not end when its last attempt did": `select jobs.id::text, phase::text from jobs
    join attempts on job_id = jobs.id and number = attempt
    where phase in ('COMPLETED', 'ERROR') and jobs.end_time <> attempts.end_time`,
  "attempts have gaps": `select job_id::text as id from attempts group by job_id having max(number) <> count(*)`,
  "more attempts were spent than allowed": "select id::text from jobs where failures > max_attempts",
  // Where an attempt has given the job back with a checkpoint, its results stay.
  "a result is of an attempt that was fenced": `select jobs.id::text, r.id as result, r.attempt from jobs join results r on r.job_id = jobs.id
    where r.attempt <> jobs.attempt
      and not exists (select from attempts a where a.job_id = jobs.id and a.number = r.attempt and a.outcome = 'released')`,
  "a result came before or after its attempt": `select r.job_id::text as id, r.id as result, r.attempt from results r
    join attempts a on a.job_id = r.job_id and a.number = r.attempt
    where r.creation_time not between a.start_time and a.end_time + ${crossing}`,
  "a token is held by nobody": "select id::text from jobs where attempt_token is not null",
  "a log line came before or after its attempt": `select l.job_id::text as id, l.attempt, l.message from log_lines l
    join attempts a on a.job_id = l.job_id and a.number = l.attempt
    where l.time not between a.start_time and a.end_time + ${crossing}`,
  "a log line is of no attempt": `select job_id::text as id, attempt from log_lines l
    where not exists (select from attempts a where a.job_id = l.job_id and a.number = l.attempt)`,
  "an event is older than the last": `select jobs.id::text, event_sequence as last from jobs
    where event_sequence < (select max(sequence) from log_lines l where l.job_id = jobs.id and l.attempt = jobs.attempt)`,
  "the log lines are not as many as were counted": `select jobs.id::text, log_lines as counted from jobs
    where attempt > 0
      and log_lines <> (select count(*) from log_lines l where l.job_id = jobs.id and l.attempt = jobs.attempt)`,
  "what was written late is there": `select jobs.id::text, phase::text from jobs
    where error_message = '${late}'
      or exists (select from log_lines where job_id = jobs.id and message = '${late}')
      or exists (select from results r where job_id = jobs.id and r.id = '${late}')
      or exists (select from attempts a where job_id = jobs.id and a.message = '${late}')`,
};

/** Looks for everything that the database must not hold. */
export async function findViolations(store: Store): Promise<string[]> {
  const found: string[] = [];
  for (const [rule, statement] of Object.entries(rules)) {
    for (const row of (await store.sql.unsafe(statement)).slice(0, 20)) found.push(`${rule}: ${JSON.stringify(row)}`);
  }
  return found;
}

/** Jobs of which the first attempt was lost and the heir's completed hold what the heir has said, and nothing else. */
export async function findFalseHeirs({ sql }: Store, jobs: readonly string[]): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select id, phase::text, event_sequence as events,
      array(select outcome from attempts where job_id = jobs.id order by number) as outcomes,
      array(select message from log_lines where job_id = jobs.id and attempt = 2 order by sequence) as lines,
      array(select r.id from results r where job_id = jobs.id) as results
    from jobs where id = any(${jobs as string[]}::uuid[])`;
  const expected = JSON.stringify({
    phase: "COMPLETED",
    events: 3,
    outcomes: ["lost", "completed"],
    lines: legacy.lines,
    results: [legacy.result],
  });
  const found = rows.flatMap(({ id, ...said }) =>
    JSON.stringify(said) === expected ? [] : [`job ${id} is not what its heir made of it: ${JSON.stringify(said)}`],
  );
  if (rows.length < jobs.length) found.push(`${jobs.length - rows.length} jobs of heirs are gone`);
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
