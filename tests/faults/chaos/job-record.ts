import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Store } from "@uws/store";
import { type Ended, wrongEnd } from "./expected-end.ts";
import type { Kind } from "./kinds.ts";
import { type KnownJob, mayBeGone } from "./load.ts";
import { wrongLines } from "./written-lines.ts";

/** All that is stored of a job. */
export interface JobRecord extends Ended {
  readonly id: string;
  /** Number of the last attempt. */
  readonly attempt: number;
  readonly eventSequence: number;
  readonly lines: readonly { attempt: number; sequence: number; message: string }[];
  readonly results: readonly { id: string; attempt: number; size: number; key: string }[];
}

/** Jobs that are read at once. */
const batch = 500;

/** Reads what is stored of these jobs. Those that are gone are left out. */
export async function* readRecords({ sql }: Store, ids: readonly string[]): AsyncGenerator<JobRecord> {
  for (let start = 0; start < ids.length; start += batch) {
    yield* await sql<JobRecord[]>`
      select id, phase::text, error_type as "errorType", failures, max_attempts as "maxAttempts", attempt,
        event_sequence as "eventSequence",
        array(select outcome from attempts where job_id = jobs.id order by number) as outcomes,
        (select coalesce(jsonb_agg(jsonb_build_object('attempt', attempt, 'sequence', sequence, 'message', message)
          order by attempt, sequence), '[]') from log_lines where job_id = jobs.id) as lines,
        (select coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'attempt', attempt, 'size', size, 'key', blob_key)
          order by ordinal), '[]') from results r where job_id = jobs.id) as results
      from jobs where id = any(${ids.slice(start, start + batch) as string[]}::uuid[])`;
  }
}

/** What is wrong with the record of a job of the load, a line each. */
export async function wrongRecord(known: KnownJob, record: JobRecord, blobs: string): Promise<string[]> {
  const { kind, wish } = known;
  const completed = record.phase === "COMPLETED" ? record.attempt : undefined;
  const problems = [
    wrongEnd(kind, mayBeGone(known) ? "end" : wish, record),
    wrongLines(kind.parameters, record.lines, completed),
    ...(completed === undefined ? [] : [wrongSequence(kind, record), ...(await wrongResults(kind, record, blobs))]),
  ];
  return problems.filter((problem) => problem !== undefined).map((problem) => `job ${record.id}: ${problem}`);
}

const numberOf = ({ parameters }: Kind, name: string, otherwise: number) => Number(parameters[name] ?? otherwise);

/** Results no longer than this come as events, others by upload. */
const inlineBytes = 64 * 1024;

/** The last event's number is that of all events: a line, a small result, the echo each; and progress, which may be coalesced. */
export function wrongSequence(kind: Kind, { eventSequence }: Pick<JobRecord, "eventSequence">): string | undefined {
  // An attempt that began in the middle had less to say.
  if (kind.parameters.OUTCOME === "release") return undefined;
  const steps = numberOf(kind, "STEPS", 10);
  const results = numberOf(kind, "RESULTS", 1);
  const inline = numberOf(kind, "RESULT_BYTES", 1024) <= inlineBytes ? results : 0;
  const fixed = Math.max(1, steps) * numberOf(kind, "LOGS", 0) + inline + (results > 0 ? 1 : 0);
  const [least, most] = [fixed + Math.min(steps, 1), fixed + steps];
  if (least <= eventSequence && eventSequence <= most) return undefined;
  return `its last event has number ${eventSequence}, which must be from ${least} to ${most}`;
}

/** All results that it was told to leave are there, and were left by the attempt under which they stand. */
async function wrongResults(kind: Kind, { results }: JobRecord, blobs: string): Promise<string[]> {
  const count = numberOf(kind, "RESULTS", 1);
  const size = numberOf(kind, "RESULT_BYTES", 1024);
  const expected = Array.from({ length: count }, (_, index) => `result-${index + 1}`);
  if (count > 0) expected.push("echo");
  const problems: string[] = [];
  const ids = results.map(({ id }) => id).sort();
  if (ids.join() !== expected.sort().join()) problems.push(`its results are ${ids}, and should be ${expected}`);
  for (const result of results) {
    if (result.id !== "echo") {
      if (result.size !== size) problems.push(`${result.id} has ${result.size} bytes, and should have ${size}`);
      continue;
    }
    // A file that is missing is counted elsewhere.
    const text = await readFile(join(blobs, result.key), "utf8").catch(() => undefined);
    const said = text === undefined ? result.attempt : (JSON.parse(text) as { attempt: number }).attempt;
    if (said !== result.attempt) problems.push(`attempt ${said} has written a result of attempt ${result.attempt}`);
  }
  return problems;
}
