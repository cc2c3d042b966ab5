/**
 * Time as this process sees it, for time-outs and intervals. What is stored is dated by the database (see
 * `uws_now()` in packages/store): processes with different clocks never disagree about a lease.
 */
export interface Clock {
  /** Milliseconds that only ever grow, from an arbitrary start. */
  monotonic(): number;
  /** Calls back once after so many milliseconds; the returned function calls it off. */
  after(milliseconds: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
  monotonic: () => performance.now(),
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
};
