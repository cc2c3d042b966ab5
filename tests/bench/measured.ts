/** A line of the table. */
export interface Measured {
  readonly what: string;
  readonly value: string;
  /** The same as numbers, for `--json`: milliseconds, jobs per second, bytes, as the names say. */
  readonly numbers?: Readonly<Record<string, number>>;
}

/** p50 and p99 of durations. @param milliseconds at least one */
export function durations(what: string, milliseconds: readonly number[]): Measured {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
  const numbers = { p50Ms: at(0.5), p99Ms: at(0.99), count: sorted.length };
  return { what, value: `p50 ${numbers.p50Ms.toFixed(1)} ms, p99 ${numbers.p99Ms.toFixed(1)} ms`, numbers };
}

/** Does the work so many times, at most `lanes` at once. */
export async function inLanes(count: number, lanes: number, work: () => Promise<void>): Promise<void> {
  let left = count;
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      while (left > 0) {
        left -= 1;
        await work();
      }
    }),
  );
}
