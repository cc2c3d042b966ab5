import { isRunning, isTerminal, type Move, type Phase, phaseAfter, waitingPhases } from "@uws/core";
import { newAttemptToken } from "../attempt.ts";
import type { Store } from "../store.ts";
import { type Seen, type SeenJob, see } from "./seen-job.ts";

/** What a job should be, by the transition table of packages/core and nothing of the store. */
export interface JobModel {
  readonly id: string;
  /** Undefined: the job is deleted. */
  phase: Phase | undefined;
  readonly maxAttempts: number;
  failures: number;
  /** How each attempt ended; null = it runs. Its number is its place here. */
  readonly outcomes: (string | null)[];
  token: string | undefined;
  readonly oldTokens: string[];
  eventSequence: number;
  progress: number | null;
  checkpoint: boolean;
  started: boolean;
  error: string | null;
  /** Its destruction time has come. */
  due: boolean;
  /** Its next attempt is put off. */
  waits: boolean;
  dispatched: boolean;
  dispatches: number;
  /** Keys of the blobs, by result id. */
  readonly results: Map<string, string>;
  /** Blobs that nobody needs any more. */
  readonly garbage: string[];
  /** `attempt:sequence` */
  readonly logs: Set<string>;
}

/** One sequence's jobs. */
export interface Model {
  readonly jobs: JobModel[];
  /** The last row of garbage that was there before. */
  readonly since: number;
  /** What the database said after the last command. */
  seen: ReadonlyMap<string, SeenJob>;
}

/** Looks at the model's jobs in the database. */
export function look({ jobs, since }: Model, store: Store): Promise<Seen> {
  return see(
    store,
    jobs.map(({ id }) => id),
    since,
  );
}

export function newJobModel(id: string, phase: Phase, maxAttempts: number): JobModel {
  return {
    id,
    phase,
    maxAttempts,
    failures: 0,
    outcomes: [],
    token: undefined,
    oldTokens: [],
    eventSequence: 0,
    progress: null,
    checkpoint: false,
    started: false,
    error: null,
    due: false,
    waits: false,
    dispatched: false,
    dispatches: 0,
    results: new Map(),
    garbage: [],
    logs: new Set(),
  };
}

/** Moves a job if the table allows it. */
export function move(job: JobModel, by: Move): boolean {
  const after = job.phase === undefined ? undefined : phaseAfter(by, job.phase);
  if (after === undefined) return false;
  job.phase = after;
  return true;
}

/** The worker, or who has claimed the job for it, may write no more. */
export function takeToken(job: JobModel): void {
  if (job.token !== undefined) job.oldTokens.push(job.token);
  job.token = undefined;
}

export function endAttempt(job: JobModel, outcome: string): void {
  job.outcomes[job.outcomes.length - 1] = outcome;
  job.dispatched = false;
  takeToken(job);
}

/** What else is so once a job is ABORTED. @param ran it was running until now */
export function abortedNow(job: JobModel, ran: boolean): void {
  if (ran) job.outcomes[job.outcomes.length - 1] = "aborted";
  takeToken(job);
  job.checkpoint = false;
}

/** What else is so once a job is ARCHIVED. */
export function archivedNow(job: JobModel): void {
  job.results.clear();
  job.garbage.push(`jobs/${job.id}/`);
}

export function destroyedNow(job: JobModel): void {
  job.phase = undefined;
  job.garbage.push(`jobs/${job.id}/`);
  takeToken(job);
}

/** After a requeue: what one attempt has made is no part of the next one's results, unless that one goes on from there. */
export function beginAnew(job: JobModel): void {
  job.started = false;
  if (job.checkpoint) return;
  job.garbage.push(...job.results.values());
  job.results.clear();
}

export const runs = (job: JobModel) => job.phase !== undefined && isRunning(job.phase);
export const isWaiting = (job: JobModel) => (waitingPhases as readonly (Phase | undefined)[]).includes(job.phase);

/** Whose token a caller shows. */
export type Bearer = "current" | "old" | "foreign" | "invented";

export function tokenOf({ jobs }: Model, job: JobModel, bearer: Bearer): string {
  const shown = {
    current: job.token ?? job.oldTokens.at(-1),
    old: job.oldTokens.at(-1),
    foreign: jobs.find((other) => other !== job && other.token !== undefined)?.token,
    invented: undefined,
  }[bearer];
  return shown ?? newAttemptToken(job.id);
}

/** The job as the database should show it. */
export function expected(job: JobModel): Omit<SeenJob, "row"> | undefined {
  if (job.phase === undefined) return undefined;
  return {
    phase: job.phase,
    attempt: job.outcomes.length,
    failures: job.failures,
    maxAttempts: job.maxAttempts,
    token: job.token ?? null,
    claimed: job.token !== undefined && isWaiting(job),
    leased: runs(job),
    limited: runs(job),
    eventSequence: job.eventSequence,
    progress: job.progress,
    checkpoint: job.checkpoint,
    started: job.started,
    ended: isTerminal(job.phase),
    error: job.error,
    dispatched: job.dispatched,
    dispatches: job.dispatches,
    attempts: job.outcomes.map((outcome, index) => ({ number: index + 1, outcome, ended: outcome !== null })),
    results: [...job.results].map(([id, key]) => `${id} ${key}`).sort(),
    logs: [...job.logs].sort(),
  };
}
