import { withResolvers } from "../with-resolvers.ts";

/** What arrived and is not yet taken. Tests wait for an arrival instead of a time. */
export class Mailbox<T> {
  readonly #what: string;
  readonly #patienceMs: number;
  #items: T[] = [];
  readonly #waiting = new Set<() => void>();

  constructor(what: string, patienceMs = 10_000) {
    this.#what = what;
    this.#patienceMs = patienceMs;
  }

  put(item: T): void {
    this.#items.push(item);
    for (const look of [...this.#waiting]) look();
  }

  /** The first item that matches, now or when it arrives. What came before it stays. */
  async take<S extends T>(match: (item: T) => item is S, timeoutMs?: number): Promise<S>;
  async take(match?: (item: T) => boolean, timeoutMs?: number): Promise<T>;
  async take(match: (item: T) => boolean = () => true, timeoutMs = this.#patienceMs): Promise<T> {
    const { promise, resolve, reject } = withResolvers<T>();
    const look = () => {
      const index = this.#items.findIndex(match);
      if (index === -1) return;
      this.#waiting.delete(look);
      for (const item of this.#items.splice(index, 1)) resolve(item);
    };
    this.#waiting.add(look);
    look();
    const timer = setTimeout(() => {
      this.#waiting.delete(look);
      reject(new Error(`waited in vain for ${this.#what}; not taken: ${JSON.stringify(this.#items).slice(0, 2_000)}`));
    }, timeoutMs);
    return promise.finally(() => clearTimeout(timer));
  }

  /** Takes away what matches and is there. */
  drop(match: (item: T) => boolean): void {
    this.#items = this.#items.filter((item) => !match(item));
  }

  /** What is there and not yet taken. */
  items(): readonly T[] {
    return this.#items;
  }
}
