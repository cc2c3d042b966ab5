import { type JobReference, limits, type Phase } from "@uws/core";
import type { Store } from "../store.ts";
import { type JobListFilter, jobListStatement, type ListPosition } from "./job-list-statement.ts";

/** Jobs, newest first, and where the list goes on behind them. */
export interface JobListPage {
  readonly jobs: readonly JobReference[];
  /** Undefined: that was the end. */
  readonly next: ListPosition | undefined;
}

/**
 * Jobs that are read at once where all of them are sent. With 1000, a process that sends a list takes three times the memory
 * for two thirds of the time.
 */
const jobsAtOnce = 150;

/** Rows that one statement looks at, where it has to look at rows: so many with large parameters take no seconds. */
const rowsAtOnce = 2000;

/**
 * The jobs of a list, newest first, in batches, of which some are empty while none fit: a list of a million jobs never
 * stands in memory, and no connection is held between two batches.
 * @param size jobs of a batch at most
 */
export async function* listJobs(
  store: Store,
  filter: JobListFilter,
  size: number = jobsAtOnce,
): AsyncGenerator<readonly JobReference[], void, void> {
  let from: ListPosition | undefined;
  do {
    const { jobs, next } = await readOn(store, filter, from, size);
    yield jobs;
    from = next;
  } while (from !== undefined);
}

/**
 * One page of a list. It ends early, with a `next`, once `limits.listScan` rows were looked at: a filter that fits little
 * does not keep a request for minutes.
 * @param limit jobs of the page at most
 * @param from where the page before said that it goes on
 */
export async function listJobsPage(
  store: Store,
  filter: JobListFilter,
  limit: number,
  from?: ListPosition,
): Promise<JobListPage> {
  const jobs: JobReference[] = [];
  let position = from;
  for (let looked = 0; looked < limits.listScan; ) {
    // One more than the page takes tells whether there is another page.
    const read = await readOn(store, filter, position, limit + 1 - jobs.length);
    jobs.push(...read.jobs);
    looked += read.looked;
    position = read.next;
    const last = jobs[limit - 1];
    if (jobs.length > limit && last !== undefined) {
      const remaining = remainingOf(filter, from);
      const next = { time: last.creationTime, id: last.id, remaining: remaining && remaining - limit };
      return { jobs: jobs.slice(0, limit), next };
    }
    if (position === undefined) break;
  }
  return { jobs, next: position };
}

type Row = {
  id: string;
  phase: Phase;
  runId: string | null;
  owner: string | null;
  creationTime: Date;
  type: string;
  /** Where the statement looks at rows: whether this one fits, and its number among them, from 1. */
  fits?: boolean;
  row?: number;
};

/** Reads on with one statement. */
async function readOn(
  { sql }: Store,
  filter: JobListFilter,
  from: ListPosition | undefined,
  size: number,
): Promise<JobListPage & { readonly looked: number }> {
  const remaining = remainingOf(filter, from);
  const portion = { jobs: Math.min(size, remaining ?? size), rows: rowsAtOnce };
  const { text, values, looks } = jobListStatement(filter, from, portion);
  // Not prepared: clients' filters make thousands of different texts, and a connection keeps each that is prepared.
  const rows = await sql.unsafe<Row[]>(text, values);
  const jobs = rows
    .filter(({ fits }) => fits !== false)
    .map(({ id, phase, runId, owner, creationTime, type }) => ({
      id,
      phase,
      runId: runId ?? undefined,
      owner: owner ?? undefined,
      creationTime,
      type,
    }));
  const left = remaining === undefined ? undefined : remaining - jobs.length;
  const last = rows.at(-1);
  const looked = last?.row ?? rows.length;
  const ended = rows.length < portion.jobs && !(looks && looked === portion.rows);
  return {
    jobs,
    looked,
    next:
      last === undefined || ended || left === 0 ? undefined : { time: last.creationTime, id: last.id, remaining: left },
  };
}

/** How many jobs LAST leaves; undefined = all. */
function remainingOf(filter: JobListFilter, from: ListPosition | undefined): number | undefined {
  return from === undefined ? filter.last : from.remaining;
}
