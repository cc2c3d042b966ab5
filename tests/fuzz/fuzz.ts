import { test } from "bun:test";
import fc from "fast-check";

/** With the same seed and the same number of runs the same inputs come again. */
const seed = number("UWS_TEST_FUZZ_SEED", 20_161_024);

/** How many times the usual number of runs. */
const multiplier = number("UWS_TEST_FUZZ_RUNS", 1);

/** Milliseconds after which an answer counts as one that never comes. */
export const patience = 15_000;

/**
 * A test that something holds for every input of a kind.
 * @param runs in the test command; `UWS_TEST_FUZZ_RUNS` multiplies them
 */
export function fuzz<Inputs extends [unknown, ...unknown[]]>(
  name: string,
  runs: number,
  property: () => fc.IAsyncPropertyWithHooks<Inputs>,
): void {
  const numRuns = Math.max(1, Math.round(runs * multiplier));
  const time = 60_000 * Math.max(1, multiplier);
  test(
    name,
    async () => {
      try {
        // To look for a smaller counterexample may take long; the one there is must be told before the time is over.
        await fc.assert(property(), {
          seed,
          numRuns,
          interruptAfterTimeLimit: time * 0.8,
          markInterruptAsFailure: true,
        });
      } catch (error) {
        throw new Error(
          `${(error as Error).message}\nAgain: UWS_TEST_FUZZ_SEED=${seed} UWS_TEST_FUZZ_RUNS=${multiplier} bun test tests/fuzz`,
          { cause: error },
        );
      }
    },
    time,
  );
}

function number(variable: string, otherwise: number): number {
  const text = process.env[variable] ?? "";
  if (text === "") return otherwise;
  const value = Number(text);
  if (!Number.isFinite(value)) throw new Error(`${variable}=${text}: not a number`);
  return value;
}
