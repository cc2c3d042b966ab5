import type { DispatchedJob, JobQueue } from "./job-queue.ts";
import type { DispatchLog } from "./link.ts";

/**
 * Hands waiting jobs to the message queue. Whoever made a job wait, or made room in the window of a type, rings.
 *
 * ```
 *   idle ──ring──► picking and publishing ──nothing more rung──► idle
 *                    ▲            │ rung meanwhile
 *                    └────────────┘
 * ```
 *
 * One picking runs at a time, for all types that were rung since the last one: the more is rung, the more one statement
 * does. What fails here is not lost: the keeper looks for undispatched jobs.
 */
export class Doorbell {
  readonly #pick: (types: string[]) => Promise<readonly DispatchedJob[]>;
  readonly #queue: JobQueue;
  readonly #connected: () => boolean;
  readonly #log: DispatchLog;
  readonly #rung = new Set<string>();
  #working: Promise<void> | undefined;

  /**
   * @param pick marks the jobs that are next (the store's `dispatchJobs`)
   * @param connected whether publishing has a chance: what is marked in vain waits for the keeper
   */
  constructor(
    pick: (types: string[]) => Promise<readonly DispatchedJob[]>,
    queue: JobQueue,
    connected: () => boolean,
    log: DispatchLog,
  ) {
    this.#pick = pick;
    this.#queue = queue;
    this.#connected = connected;
    this.#log = log;
  }

  /** Jobs of these types wait, or there is room for some. Returns at once. */
  ring(...types: readonly string[]): void {
    for (const type of types) this.#rung.add(type);
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
    });
  }

  /** Resolves when all that was rung is published, or has failed. */
  async settled(): Promise<void> {
    while (this.#working !== undefined) await this.#working;
  }

  async #work(): Promise<void> {
    // Let a burst of rings become one picking.
    await Promise.resolve();
    while (this.#rung.size > 0 && this.#connected()) {
      const types = [...this.#rung];
      this.#rung.clear();
      try {
        await this.#queue.publish(await this.#pick(types));
      } catch (error) {
        this.#log.warn({ err: error, types }, "jobs could not be dispatched; they are rung again");
      }
    }
    this.#rung.clear();
  }
}
