interface Entry<Value> {
  readonly at: number;
  readonly value: Promise<Value>;
}

/** Answers that stay good for a while: many who ask the same thing within that time ask once. */
export class Remembered<Value> {
  readonly #freshness: number;
  readonly #limit: number;
  readonly #now: () => number;
  /** In the order in which they were asked. */
  readonly #entries = new Map<string, Entry<Value>>();

  /**
   * @param freshness milliseconds for which an answer is good, from when it was asked for
   * @param limit answers that are remembered at once; the oldest make room
   */
  constructor(freshness: number, limit: number, now: () => number = () => performance.now()) {
    this.#freshness = freshness;
    this.#limit = limit;
    this.#now = now;
  }

  /** Gives what is known under the key, or asks. A failure is not remembered. */
  get(key: string, ask: () => Promise<Value>): Promise<Value> {
    const now = this.#now();
    const known = this.#entries.get(key);
    if (known !== undefined && now - known.at < this.#freshness) return known.value;
    const entry = { at: now, value: ask() };
    this.#entries.delete(key);
    this.#makeRoom(now);
    this.#entries.set(key, entry);
    entry.value.catch(() => {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
    });
    return entry.value;
  }

  #makeRoom(now: number): void {
    for (const [key, { at }] of this.#entries) {
      if (now - at < this.#freshness && this.#entries.size < this.#limit) return;
      this.#entries.delete(key);
    }
  }
}
