import { unlessAborted } from "../wait.ts";

/** What can be ended by force. */
interface Killable {
  kill(): void;
}

/**
 * The processes of a worker's jobs: no more of them than it has slots. The server counts the jobs that a worker holds; a
 * process that outlives its attempt (fenced, say, and slow to die) is known here only, and the next one waits for its end.
 */
export class ProcessSlots {
  readonly #slots: number;
  readonly #running = new Set<Killable>();
  #waiting: (() => void)[] = [];

  constructor(slots: number) {
    this.#slots = slots;
  }

  /** Runs when there is a slot. @throws the signal's reason if that comes first */
  async run<T>(job: Killable, signal: AbortSignal, run: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    while (this.#running.size >= this.#slots) await unlessAborted(this.#change(), signal);
    this.#running.add(job);
    try {
      return await run();
    } finally {
      this.#running.delete(job);
      for (const look of this.#waiting.splice(0)) look();
    }
  }

  /** Kills every process; resolves when none is left. */
  async end(): Promise<void> {
    for (const job of this.#running) job.kill();
    while (this.#running.size > 0) await this.#change();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
