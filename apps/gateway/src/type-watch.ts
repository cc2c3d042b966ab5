import { type Store, typeRules } from "@uws/store";
import type { Logger } from "pino";

/**
 * Knows which job types are paused, and which have limits: looks at all of them again and again. It is only ever told to
 * workers and to the doorbell; what may run is decided by the statements that hand jobs out.
 */
export class TypeWatch {
  readonly #store: Store;
  readonly #interval: number;
  readonly #log: Logger;
  readonly #onChange: (type: string, paused: boolean) => void;
  #paused: ReadonlySet<string> = new Set();
  #limited: ReadonlySet<string> = new Set();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;

  /** @param interval milliseconds between two looks; @param onChange told when a type was paused, or is no longer */
  constructor(store: Store, interval: number, log: Logger, onChange: (type: string, paused: boolean) => void) {
    this.#store = store;
    this.#interval = interval;
    this.#log = log;
    this.#onChange = onChange;
    void this.#look();
  }

  isPaused(type: string): boolean {
    return this.#paused.has(type);
  }

  /** Whether the end of one job of the type makes room for another. */
  isLimited(type: string): boolean {
    return this.#limited.has(type);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #look(): Promise<void> {
    try {
      const rules = await typeRules(this.#store);
      if (this.#stopped) return;
      const before = this.#paused;
      this.#paused = new Set(rules.filter(({ paused }) => paused).map(({ type }) => type));
      this.#limited = new Set(rules.filter(({ limited }) => limited).map(({ type }) => type));
      for (const type of this.#paused) if (!before.has(type)) this.#onChange(type, true);
      for (const type of before) if (!this.#paused.has(type)) this.#onChange(type, false);
    } catch (error) {
      this.#log.warn({ err: error }, "job types could not be looked at; what was known of them holds");
    }
    if (!this.#stopped) this.#timer = setTimeout(() => void this.#look(), this.#interval);
  }
}
