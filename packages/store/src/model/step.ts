import { expect } from "bun:test";
import type fc from "fast-check";
import type { Store } from "../store.ts";
import { checkInvariants, checkStep } from "./invariants.ts";
import { expected, type JobModel, look, type Model } from "./job-model.ts";

/** The store under test; it counts what was done to it. */
export interface Real {
  readonly store: Store;
  commands: number;
  /** The changes of phase that happened: `from to`. */
  readonly changes: Set<string>;
}

/**
 * Does something to the store and to the model, and compares what both answer.
 * @returns the jobs that it may have changed; of all others not a byte may differ afterwards
 */
export type Act<Input> = (input: Input, model: Model, store: Store) => Promise<readonly JobModel[]>;

/** A kind of command: each of its commands may be given in any phase. */
export function steps<Input>(
  name: string,
  inputs: fc.Arbitrary<Input>,
  act: Act<Input>,
): fc.Arbitrary<fc.AsyncCommand<Model, Real>> {
  return inputs.map((input) => ({
    check: () => true,
    async run(model, real) {
      real.commands += 1;
      const touched = await act(input, model, real.store);
      await compare(model, real, touched);
    },
    toString: () => `${name} ${JSON.stringify(input)}`,
  }));
}

async function compare(model: Model, { store, changes }: Real, touched: readonly JobModel[]): Promise<void> {
  const { jobs: now, garbage } = await look(model, store);
  expect(garbage).toEqual(model.jobs.flatMap((job) => job.garbage).sort());
  for (const job of model.jobs) {
    const before = model.seen.get(job.id);
    const after = now.get(job.id);
    if (!touched.includes(job)) expect(after).toEqual(before);
    if (after === undefined) {
      expect(job.phase).toBeUndefined();
      continue;
    }
    const { row: _, ...known } = after;
    expect(known).toEqual(expected(job) as typeof known);
    checkInvariants(after);
    if (before === undefined) continue;
    checkStep(before, after);
    changes.add(`${before.phase} ${after.phase}`);
  }
  model.seen = now;
}
