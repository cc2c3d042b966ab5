import { setImmediate } from "node:timers/promises";

/** Longest stretch of work between two returns to the event loop, in milliseconds. Heartbeats, cancels and uploads wait no longer. */
const STRETCH_MS = 10;

/**
 * Lets a long computation share the thread. Call `breathe` often: it costs a reading of the clock, and every 10 ms it returns to the
 * event loop once.
 */
export class Pacer {
  readonly #signal: AbortSignal | undefined;
  readonly #now: () => number;
  #since: number;

  constructor(signal?: AbortSignal, now: () => number = () => performance.now()) {
    this.#signal = signal;
    this.#now = now;
    this.#since = now();
  }

  /** Throws the signal's reason once it is aborted. `onPause` runs before each return to the event loop. */
  async breathe(onPause?: () => void): Promise<void> {
    this.#signal?.throwIfAborted();
    if (this.#now() - this.#since < STRETCH_MS) return;
    onPause?.();
    await setImmediate();
    this.#signal?.throwIfAborted();
    this.#since = this.#now();
  }
}
