import type { Attempt } from "./attempt.ts";

/**
 * Watches, on the worker's side, how long ago the server was last in contact: a message came from it, or a heartbeat
 * went out on a standing stream. An attempt whose lease has passed since may already run elsewhere.
 *
 * A connection that was cut without a word takes the heartbeats of up to 15 s (see the keepalive in connection.ts)
 * before it is noticed: that much may this side be late. It costs double work, never a wrong result, since the server fences.
 */
export class LeaseWatch {
  readonly #now: () => number;
  #lastContact: number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#lastContact = now();
  }

  contact(): void {
    this.#lastContact = this.#now();
  }

  /** The attempts whose lease ran out, and in how many milliseconds to look again. */
  check(attempts: Iterable<Attempt>, sessionLeaseMs: number): { lost: Attempt[]; nextMs: number } {
    const silence = this.#now() - this.#lastContact;
    const lost: Attempt[] = [];
    let nextMs = sessionLeaseMs;
    for (const attempt of attempts) {
      if (attempt.leaseLost) continue;
      const left = (attempt.leaseMs || sessionLeaseMs) - silence;
      if (left <= 0) lost.push(attempt);
      else nextMs = Math.min(nextMs, left);
    }
    return { lost, nextMs };
  }
}
