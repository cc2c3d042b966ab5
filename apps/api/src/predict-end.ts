/*
 * How long until a job completes, from how long such jobs take and what is before it. Nothing but arithmetic: what goes in
 * was measured elsewhere (quotes.ts). All times in milliseconds.
 */

/** How long the jobs of a type take. */
export interface Durations {
  /** The mean, in which no single job counts for more than three times the upper quartile. */
  readonly typical: number;
  /** Half of the distance between the quartiles. */
  readonly spread: number;
}

/** A job that a worker has. */
export interface RunningJob {
  readonly elapsed: number;
  /** What the job says of itself, 0 to 1. */
  readonly fraction: number;
}

/** What is to be done before a waiting job can start. */
export interface Queue {
  /** Jobs that will be given to workers before it. */
  readonly ahead: number;
  /** Jobs that run now. */
  readonly running: readonly RunningJob[];
  /** How many jobs that run each of the above stands for. */
  readonly weight: number;
  /** How many more could run at once. Where nothing runs and none could, one can. */
  readonly free: number;
}

/** The longest duration that is reckoned with, about three years: as many of it as a queue counts are still a whole number. */
const longest = 1e11;
/** From here on a job's own progress says more than what other jobs took. */
const someWayAhead = 0.05;

/** @returns undefined where nothing was measured */
export function durationsOf(measured: readonly number[]): Durations | undefined {
  const sorted = measured.map((duration) => Math.min(Math.max(duration, 0), longest)).toSorted((a, b) => a - b);
  const quantile = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  if (sorted.length === 0) return undefined;
  // A plain mean is what a long queue takes in the end, but one job that hung for a day must not be expected again and
  // again; a median or a mean of the middle would forget the long jobs that are a part of the ordinary mix.
  const fence = 3 * quantile(0.75);
  const sum = sorted.reduce((total, duration) => total + Math.min(duration, fence), 0);
  return { typical: sum / sorted.length, spread: (quantile(0.75) - quantile(0.25)) / 2 };
}

/** How much longer a job runs. One that is over its time already is expected to take a little longer, not to end at once. */
export function remaining({ elapsed, fraction }: RunningJob, { typical, spread }: Durations): number {
  if (fraction >= someWayAhead) return Math.max(0, (elapsed * (1 - fraction)) / fraction);
  return Math.max(typical - elapsed, spread);
}

/**
 * How long until a waiting job starts: each worker takes the next job of the queue as soon as it has finished one.
 * @returns whole milliseconds
 */
export function waitFor({ ahead, running, weight, free }: Queue, durations: Durations): number {
  const each = Math.min(Math.max(1, Math.ceil(durations.typical)), longest);
  const busy = running.map((job) => Math.min(Math.ceil(remaining(job, durations)), longest));
  const idle = busy.length === 0 ? Math.max(1, free) : free;
  /** How many jobs are started until then, that of the moment included. */
  const started = (time: number) =>
    busy.reduce(
      (sum, until) => sum + (until > time ? 0 : weight * (Math.floor((time - until) / each) + 1)),
      idle * (Math.floor(time / each) + 1),
    );
  let [early, late] = [0, Math.min(...busy, idle > 0 ? 0 : longest) + (ahead + 1) * each];
  while (early < late) {
    const middle = Math.floor((early + late) / 2);
    if (started(middle) > ahead) late = middle;
    else early = middle + 1;
  }
  return late;
}

/** The most intervals that have a moment in common: how many jobs ran at once. */
export function mostAtOnce(intervals: readonly (readonly [start: number, end: number])[]): number {
  const changes = intervals
    .flatMap(([start, end]) => [
      { at: start, by: 1 },
      { at: Math.max(end, start + 1), by: -1 },
    ])
    // Who ends when another one starts has made room for it.
    .toSorted((a, b) => a.at - b.at || a.by - b.by);
  let [now, most] = [0, 0];
  for (const { by } of changes) {
    now += by;
    most = Math.max(most, now);
  }
  return most;
}
