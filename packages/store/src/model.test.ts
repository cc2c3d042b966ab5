import { afterAll, beforeAll, expect, test } from "bun:test";
import { transitions } from "@uws/core";
import fc from "fast-check";
import { abort, archive, clientCommands, create, run } from "./model/client-commands.ts";
import { destructionCommands } from "./model/destruction-commands.ts";
import { look, type Model } from "./model/job-model.ts";
import { keeperCommands, silent } from "./model/keeper-commands.ts";
import type { Real } from "./model/step.ts";
import { complete, events, release, start, workerCommands } from "./model/worker-commands.ts";
import { type StoreFixture, storeFixture } from "./testing.ts";

/** With the same seed the same sequences come again. */
const seed = number("UWS_TEST_MODEL_SEED", 20_161_024);
const sequences = number("UWS_TEST_MODEL_RUNS", 1000);
/** Many times what it takes, for other tests run beside it. */
const time = Math.max(180_000, sequences * 180);

let fixture: StoreFixture;
beforeAll(async () => {
  fixture = await storeFixture();
});
afterAll(() => fixture.close());

test(
  "whatever is done to jobs, in whatever order, they are what the transition table says",
  async () => {
    const { store } = fixture;
    const real: Real = { store, commands: 0, changes: new Set() };
    let begun = 0;
    const commands = fc.commands(
      // What brings a job to run, and what seldom finds one in its phase, comes often: sequences should get far.
      [
        ...clientCommands,
        ...workerCommands,
        ...keeperCommands,
        ...destructionCommands,
        ...often(10, start),
        ...often(4, run),
        ...often(5, silent),
        ...often(3, complete),
        ...often(4, release),
        ...often(2, abort),
        ...often(3, archive),
        ...often(10, events),
      ],
      { maxCommands: 20, size: "max" },
    );
    const first = fc.record({
      run: fc.nat(4).map((n) => n > 0),
      maxAttempts: fc.integer({ min: 1, max: 3 }),
      // Some begin HELD.
      quota: fc.nat(7).map((n) => (n === 7 ? { active: 0, over: "hold" as const } : undefined)),
    });
    const sequence = fc.asyncProperty(first, commands, async (creation, given) => {
      await fc.asyncModelRun(async () => {
        begun += 1;
        // Sweeps take every job that is due: there are none but those of this sequence.
        await store.sql`delete from jobs`;
        const [last] = await store.sql<{ id: number }[]>`select id from garbage order by id desc limit 1`;
        const model: Model = { jobs: [], since: last?.id ?? 0, seen: new Map() };
        await create(creation, model, store);
        model.seen = (await look(model, store)).jobs;
        return { model, real };
      }, given);
    });
    try {
      await fc.assert(sequence, {
        seed,
        numRuns: sequences,
        interruptAfterTimeLimit: time * 0.8,
        markInterruptAsFailure: true,
      });
    } catch (error) {
      throw new Error(
        `${(error as Error).message}\nAgain: UWS_TEST_MODEL_SEED=${seed} UWS_TEST_MODEL_RUNS=${sequences} bun test packages/store/src/model.test.ts`,
        { cause: error },
      );
    }
    console.log(`${begun} sequences of ${real.commands} commands.`);
    expect(begun).toBe(sequences);
    // Sequences that never get far would show nothing: together they go along every line of the table.
    const lines = Object.values(transitions).flatMap(({ from, to }) => from.map((each) => `${each} ${to}`));
    if (sequences >= 1000) expect(lines.filter((line) => !real.changes.has(line))).toEqual([]);
  },
  time,
);

function often<Item>(times: number, item: Item): Item[] {
  return Array.from({ length: times }, () => item);
}

function number(variable: string, otherwise: number): number {
  const text = process.env[variable] ?? "";
  if (text === "") return otherwise;
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error(`${variable}=${text}: not a whole number`);
  return value;
}
