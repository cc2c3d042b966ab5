import { isRunning, isTerminal, type Job } from "@uws/core";
import type { JobDescription } from "@uws/description";
import { type Store, type TypeStatistics, typeStatistics } from "@uws/store";

/** Milliseconds for which one look at the queue serves all quotes of a job type. */
const freshness = 3000;

/**
 * Predicts when jobs complete (UWS 1.1, section 2.1.5): from the queue ahead and the measured durations of the job type,
 * or, as long as nothing was measured, the estimate of its description.
 */
export class Quotes {
  readonly #statistics: (type: string) => Promise<TypeStatistics>;
  readonly #known = new Map<string, { readonly at: number; readonly statistics: Promise<TypeStatistics> }>();

  constructor(store: Store) {
    this.#statistics = (type) => typeStatistics(store, type);
  }

  /** @returns undefined when the job has ended, or nobody knows how long such jobs take */
  async quote(job: Job, description: JobDescription): Promise<Date | undefined> {
    if (isTerminal(job.phase)) return undefined;
    const statistics = await this.#look(job.type);
    return predict(job, statistics, statistics.meanSeconds ?? description.estimate, Date.now());
  }

  #look(type: string): Promise<TypeStatistics> {
    const now = performance.now();
    const known = this.#known.get(type);
    if (known !== undefined && now - known.at < freshness) return known.statistics;
    const statistics = this.#statistics(type);
    this.#known.set(type, { at: now, statistics });
    // A failure is not remembered.
    statistics.catch(() => this.#known.delete(type));
    return statistics;
  }
}

/**
 * @param seconds that such a job takes, if known
 * @param now milliseconds since 1970
 */
export function predict(
  job: Pick<Job, "phase" | "startTime" | "progress">,
  { queued, held }: Pick<TypeStatistics, "queued" | "held">,
  seconds: number | undefined,
  now: number,
): Date | undefined {
  if (isRunning(job.phase) && job.startTime !== undefined) {
    const start = job.startTime.getTime();
    const fraction = job.progress?.fraction ?? 0;
    // A job that says how far it is knows better than the mean of others, once it is some way ahead.
    const duration = fraction >= 0.05 ? (now - start) / fraction : seconds === undefined ? undefined : seconds * 1000;
    return duration === undefined ? undefined : new Date(Math.max(now, Math.round(start + duration)));
  }
  if (seconds === undefined) return undefined;
  // As many at a time as there are now; the jobs before it have to be done first, then its own turn.
  const ahead = queued / Math.max(1, held);
  return new Date(now + Math.round((ahead + 1) * seconds * 1000));
}
