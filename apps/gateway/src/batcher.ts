/**
 * Commits what arrives in groups: while one commit is under way, everything that arrives is gathered for the next.
 * An idle gateway commits at once, a busy one does more with each statement; nothing waits for a timer.
 */
export class Batcher<Item, Outcome> {
  readonly #commit: (items: readonly Item[]) => Promise<readonly Outcome[]>;
  readonly #maxItems: number;
  #waiting: { item: Item; resolve: (outcome: Outcome) => void; reject: (error: unknown) => void }[] = [];
  #working: Promise<void> | undefined;

  /** @param commit gives an outcome for each item, in the same order */
  constructor(commit: (items: readonly Item[]) => Promise<readonly Outcome[]>, maxItems = 500) {
    this.#commit = commit;
    this.#maxItems = maxItems;
  }

  /** Resolves when the group of this item is committed; rejects when the commit failed. */
  add(item: Item): Promise<Outcome> {
    const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
    this.#waiting.push({ item, resolve, reject });
    this.#working ??= this.#work();
    return promise;
  }

  /** Resolves when everything that was added has been committed, or has failed. */
  async settled(): Promise<void> {
    while (this.#working !== undefined) await this.#working;
  }

  async #work(): Promise<void> {
    // What arrives in the same turn of the event loop belongs to the same group.
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, this.#maxItems);
      try {
        const outcomes = await this.#commit(group.map(({ item }) => item));
        group.forEach(({ resolve }, index) => {
          resolve(outcomes[index] as Outcome);
        });
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.#working = undefined;
  }
}
