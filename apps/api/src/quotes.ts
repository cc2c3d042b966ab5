import { isRunning, isTerminal, type Job, type Phase, Remembered, waitingPhases } from "@uws/core";
import type { JobDescription } from "@uws/description";
import { type QueuePosition, queuePosition, type Store, type TypeStatistics, typeStatistics } from "@uws/store";
import { type Durations, durationsOf, mostAtOnce, remaining, waitFor } from "./predict-end.ts";

/** Milliseconds for which one look at a job type, or at a job's place in the queue, serves all who ask. */
const freshness = 1000;
/** Places in the queue that are remembered at once. */
const positions = 10_000;
/** Milliseconds. Where a job waits for longer, all workers are busy; otherwise it may only not have been taken yet. */
const allBusy = 1000;
/** XML has years of four digits. */
const lastTime = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** What was seen of a job type, and when, by this process's own clock. */
interface Look {
  readonly at: number;
  readonly statistics: TypeStatistics;
  readonly measured: Durations | undefined;
}

/**
 * Predicts when jobs complete (UWS 1.1, section 2.1.6): from how long jobs of their type took lately, what such jobs run now
 * and how far they are, and the jobs that are before them in the queue. As long as nothing was measured, the estimate of the
 * description stands for it.
 *
 * A job that is not queued (PENDING, HELD) gets the quote that it would have if it were run now: clients compare quotes before
 * they commit themselves. A job that has ended gets none, since nothing is left to predict; its endTime says when it was.
 *
 * Times are the database's, whatever this process's clock says.
 */
export class Quotes {
  readonly #store: Store;
  readonly #types = new Remembered<Look>(freshness, 1000);
  readonly #positions = new Remembered<QueuePosition | undefined>(freshness, positions);

  constructor(store: Store) {
    this.#store = store;
  }

  /** @returns undefined when the job has ended, or nobody knows how long such jobs take */
  async quote(job: Job, description: JobDescription): Promise<Date | undefined> {
    if (isTerminal(job.phase)) return undefined;
    const runs = isRunning(job.phase);
    const [{ at, statistics, measured }, position] = await Promise.all([
      this.#types.get(job.type, () => this.#look(job.type)),
      runs ? undefined : this.#positions.get(job.id, () => queuePosition(this.#store, job.id)),
    ]);
    const { estimate } = description;
    const durations = measured ?? (estimate === undefined ? undefined : { typical: estimate * 1000, spread: 0 });
    if (durations === undefined) return undefined;
    const now = Math.ceil(statistics.now + (performance.now() - at));
    if (runs) return predictRunning(job, durations, now);
    // One that an operator has suspended waits for the operator.
    if (position === undefined || position.notBefore === Number.POSITIVE_INFINITY) return undefined;
    return predictWaiting(job, position, statistics, durations, now);
  }

  /** Jobs before one that waits for a worker; undefined when it does not wait. */
  async ahead({ id, phase }: Job): Promise<number | undefined> {
    if (!(waitingPhases as readonly Phase[]).includes(phase)) return undefined;
    return (await this.#positions.get(id, () => queuePosition(this.#store, id)))?.ahead;
  }

  async #look(type: string): Promise<Look> {
    const statistics = await typeStatistics(this.#store, type);
    const measured = durationsOf(statistics.completed.map(([start, end]) => end - start));
    return { at: performance.now(), statistics, measured };
  }
}

/** @param now milliseconds since 1970, by the clock that dates the job */
export function predictRunning(
  { startTime, progress, executionDuration }: Pick<Job, "startTime" | "progress" | "executionDuration">,
  durations: Durations,
  now: number,
): Date {
  const elapsed = Math.max(0, now - (startTime?.getTime() ?? now));
  const left = remaining({ elapsed, fraction: progress?.fraction ?? 0 }, durations);
  return endAt(now, Math.min(left, Math.max(0, longestOf(executionDuration) - elapsed)));
}

/** @param now milliseconds since 1970, by the clock that dates the statistics */
export function predictWaiting(
  { executionDuration }: Pick<Job, "executionDuration">,
  { ahead, notBefore, claimed }: QueuePosition,
  { held, running, completed, waitingSince }: TypeStatistics,
  durations: Durations,
  now: number,
): Date {
  const saturated = held > 0 && waitingSince !== null && now - waitingSince > allBusy;
  const atOnce = saturated ? held : Math.max(held, mostAtOnce(completed), 1);
  const queue = {
    ahead,
    running: running.map(([start, fraction]) =>
      start === null
        ? { elapsed: 0, fraction: 0 }
        : { elapsed: Math.max(0, now - start), fraction: Math.min(fraction ?? 0, 1) },
    ),
    weight: running.length === 0 ? 1 : Math.max(1, held / running.length),
    free: atOnce - held,
  };
  const wait = claimed ? 0 : Math.max(waitFor(queue, durations), notBefore - now);
  return endAt(now, wait + Math.min(durations.typical, longestOf(executionDuration)));
}

/** The server ends a job that takes longer than it may. */
function longestOf(executionDuration: number): number {
  return executionDuration === 0 ? Number.POSITIVE_INFINITY : executionDuration * 1000;
}

function endAt(now: number, left: number): Date {
  return new Date(Math.min(now + Math.ceil(left), lastTime));
}
