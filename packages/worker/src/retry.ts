import { Backoff } from "./backoff.ts";
import { isUnreachable, mayPass } from "./grpc-status.ts";
import { wait } from "./wait.ts";

/** How often a call may fail with a server that is there, before the failure is the job's. */
const maxFailures = 5;

/**
 * Decides, after each failure of a call that belongs to an attempt, whether to try again, and waits. An unreachable
 * server is waited for as long as the attempt is ours (its signal ends the wait); other failures that may pass get a few tries.
 */
export class Retry {
  readonly #signal: AbortSignal;
  readonly #backoff = new Backoff();
  #failures = 0;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Resolves when it is time to try again; rejects when it is not to be tried again. */
  async afterFailure(error: unknown): Promise<void> {
    this.#signal.throwIfAborted();
    if (!mayPass(error)) throw error;
    if (!isUnreachable(error) && ++this.#failures >= maxFailures) throw error;
    await wait(this.#backoff.next(), this.#signal);
  }

  /** Something went well in between. */
  reset(): void {
    this.#failures = 0;
    this.#backoff.reset();
  }
}
