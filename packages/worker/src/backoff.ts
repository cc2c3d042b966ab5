/**
 * Exponential backoff with full jitter: the n-th delay is anywhere between 0 and min(max, base · 2ⁿ), so that a
 * thousand workers that lost the same gateway do not come back in step.
 */
export class Backoff {
  readonly #baseMs: number;
  readonly #maxMs: number;
  readonly #random: () => number;
  #failures = 0;

  constructor(options: { baseMs?: number; maxMs?: number; random?: () => number } = {}) {
    this.#baseMs = options.baseMs ?? 100;
    this.#maxMs = options.maxMs ?? 5_000;
    this.#random = options.random ?? Math.random;
  }

  /** Milliseconds to wait before the next try. */
  next(): number {
    const ceiling = Math.min(this.#maxMs, this.#baseMs * 2 ** this.#failures);
    this.#failures = Math.min(this.#failures + 1, 30);
    return this.#random() * ceiling;
  }

  reset(): void {
    this.#failures = 0;
  }
}
