import type { Logger } from "pino";

/**
 * Looks again and again whether other descriptions are accepted than those that are served: an operator may have decided by
 * the command line, and a gateway may be another process. Whoever decides in this process asks for a look at once.
 */
export class AcceptedWatch {
  readonly #refresh: () => Promise<void>;
  readonly #interval: number;
  readonly #log: Logger;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;

  /** @param refresh serves what is accepted now, if it is something else; @param interval milliseconds between two looks */
  constructor(refresh: () => Promise<void>, interval: number, log: Logger) {
    this.#refresh = refresh;
    this.#interval = interval;
    this.#log = log;
    this.#later();
  }

  async look(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      await this.#refresh();
    } catch (error) {
      this.#log.error({ err: error }, "accepted descriptions could not be served; everything stays as it is");
    }
    this.#later();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #later(): void {
    clearTimeout(this.#timer);
    if (!this.#stopped) this.#timer = setTimeout(() => void this.look(), this.#interval);
  }
}
