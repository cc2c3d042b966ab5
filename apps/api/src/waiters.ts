import type { Phase } from "@uws/core";
import type { JobNews } from "@uws/dispatch";

export interface WaitersOptions {
  /** Calls back for every change of every job. */
  readonly onJob: (listener: (news: JobNews) => void) => void;
  /** Phases of jobs; those that are gone are missing. */
  readonly phasesOf: (ids: readonly string[]) => Promise<ReadonlyMap<string, Phase>>;
  /** Whether news can be expected to arrive. */
  readonly connected: () => boolean;
  /** Watches at once, at most. */
  readonly limit: number;
  /** Watches at once of one caller, at most. */
  readonly callerLimit: number;
  /** Milliseconds between looks at the store, while anybody watches. */
  readonly interval: number;
  /** When it is aborted, all are woken. */
  readonly stopping: AbortSignal;
  readonly onError: (error: unknown) => void;
}

/**
 * Somebody's interest in a job. Each round: `rearm`, read the job, tell the phase that was read, await `changed`. What
 * changes after `rearm` is a change, so none is missed while the job is read.
 */
export interface Watch {
  rearm(): void;
  /** The phase that was read: news of it are no change any more. */
  saw(phase: Phase): void;
  /** Resolves at the first change since `rearm`. */
  changed(): Promise<void>;
  close(): void;
}

/**
 * All who wait for a change of a job, in one process: long polls and event streams.
 *
 * ```
 *   nobody watches ──watch()──► listening, and looking once a second ──last close()──► nobody watches
 * ```
 *
 * News over NATS wake the watchers of a job within milliseconds. News may be lost, so one query a second asks for the
 * phases of all watched jobs together: a waiter costs memory, never a connection or a query of its own.
 */
export class Waiters {
  readonly #options: WaitersOptions;
  readonly #watches = new Map<string, Set<JobWatch>>();
  /** How many watches each caller has. */
  readonly #callers = new Map<string, number>();
  #count = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: WaitersOptions) {
    this.#options = options;
    options.onJob((news) => this.#hear(news));
    // One listener for all: each listener that a signal has makes the next one dearer.
    options.stopping.addEventListener("abort", () => {
      for (const watches of this.#watches.values()) for (const watch of watches) watch.wake();
    });
  }

  /** Watches now. */
  get size(): number {
    return this.#count;
  }

  /**
   * Watches a job from now on.
   * @param caller whose watches are counted together
   * @param everything whether progress, results and log lines count as changes, too
   * @returns undefined when there are as many watches as there may be, in all or of this caller
   */
  watch(id: string, caller: string, everything: boolean): Watch | undefined {
    const ofCaller = this.#callers.get(caller) ?? 0;
    if (this.#count >= this.#options.limit || ofCaller >= this.#options.callerLimit) return undefined;
    const watches = this.#watches.get(id) ?? new Set();
    this.#watches.set(id, watches);
    const watch = new JobWatch(everything, () => {
      if (!watches.delete(watch)) return;
      this.#countOne(caller, -1);
      if (watches.size === 0) this.#watches.delete(id);
    });
    watches.add(watch);
    this.#countOne(caller, 1);
    this.#schedule();
    return watch;
  }

  #countOne(caller: string, by: 1 | -1): void {
    this.#count += by;
    const ofCaller = (this.#callers.get(caller) ?? 0) + by;
    if (ofCaller === 0) this.#callers.delete(caller);
    else this.#callers.set(caller, ofCaller);
  }

  #hear({ id, phase, gone }: JobNews): void {
    for (const watch of this.#watches.get(id) ?? []) {
      if (gone === true || watch.everything || (phase !== undefined && phase !== watch.phase)) watch.wake();
    }
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#count === 0) return;
    this.#timer = setTimeout(() => {
      void this.#look().finally(() => {
        this.#timer = undefined;
        this.#schedule();
      });
    }, this.#options.interval);
  }

  async #look(): Promise<void> {
    if (this.#count === 0) return;
    const ids = [...this.#watches.keys()];
    const deaf = !this.#options.connected();
    try {
      const phases = await this.#options.phasesOf(ids);
      for (const id of ids) {
        const phase = phases.get(id);
        for (const watch of this.#watches.get(id) ?? []) {
          // One that is being read sees for itself, or is compared by the next look.
          if (watch.phase === undefined) continue;
          if (phase !== watch.phase || (deaf && watch.everything)) watch.wake();
        }
      }
    } catch (error) {
      // PostgreSQL is away: so is every change.
      this.#options.onError(error);
    }
  }
}

class JobWatch implements Watch {
  /** Undefined while the job is being read. */
  phase: Phase | undefined;
  readonly everything: boolean;
  readonly close: () => void;
  #change = Promise.withResolvers<void>();

  constructor(everything: boolean, close: () => void) {
    this.everything = everything;
    this.close = close;
  }

  rearm(): void {
    this.phase = undefined;
    this.#change = Promise.withResolvers<void>();
  }

  saw(phase: Phase): void {
    this.phase = phase;
  }

  changed(): Promise<void> {
    return this.#change.promise;
  }

  wake(): void {
    this.#change.resolve();
  }
}
