import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { until } from "@uws/testing";
import { see } from "./model/seen-job.ts";
import { type RacedCommand, racedCommands } from "./races/commands.ts";
import { letPass, type RacedJob, racedStates } from "./races/states.ts";
import { openStore, type Store } from "./store.ts";
import { type StoreFixture, storeFixture } from "./testing.ts";

/*
 * Two commands meet at one job at the same moment: the first has done its work and is not committed yet when the second begins.
 * Whatever the two are, and whatever the job was, what both answer and what the job is then must be what it would be had
 * they come one after the other. What one command does by itself is the model test's matter.
 */

let fixture: StoreFixture;
let second: Store;
beforeAll(async () => {
  fixture = await storeFixture();
  second = openStore({ url: fixture.url, connections: 1, name: "second" });
});
afterAll(async () => {
  await second.close();
  await fixture.close();
});

/** What came of two commands. */
interface Outcome {
  readonly first: string;
  readonly second: string;
  readonly job: string;
}

describe.each(Object.keys(racedStates))("a job that is %s", (state) => {
  test.each(Object.keys(racedCommands))("meets %s, and another command", async (name) => {
    if (!(await changes(state, name))) return;
    const wrong: object[] = [];
    for (const [other, command] of Object.entries(racedCommands)) {
      const met = await meet(state, name, other);
      const asInTurn = await inTurn(state, name, other);
      if (Bun.deepEquals(met, asInTurn)) continue;
      const allowed = [asInTurn, swapped(await inTurn(state, other, name, true))];
      // A sweep passes by what is being changed, and finds it when it comes again.
      if (command.sweep) allowed.push({ ...(await inTurn(state, name, undefined)), second: "[]" });
      if (!allowed.some((outcome) => Bun.deepEquals(outcome, met))) wrong.push({ other, met, allowed });
    }
    expect(wrong).toEqual([]);
  });
});

/** Whether a command does anything to a job in this state: what does nothing holds nothing. */
async function changes(state: string, name: string): Promise<boolean> {
  const job = await prepare(state, [name]);
  const before = await described(job);
  await give(fixture.store, name, job, "first");
  return (await described(job)) !== before;
}

/** The first is not committed when the second begins. */
async function meet(state: string, first: string, other: string): Promise<Outcome> {
  const job = await prepare(state, [first, other]);
  const connection = await fixture.store.sql.reserve();
  try {
    await connection`begin`;
    const firstAnswer = await give({ ...fixture.store, sql: connection }, first, job, "first");
    let answered = false;
    const answering = give(second, other, job, "second").finally(() => {
      answered = true;
    });
    await until(async () => answered || (await isWaiting()), "a command that waits for another or has ended");
    await connection`commit`;
    return { first: firstAnswer, second: await answering, job: await described(job) };
  } finally {
    connection.release();
  }
}

/** One after the other, and nothing between. @param reversed the first of the two is what `second` is otherwise */
async function inTurn(state: string, first: string, other: string | undefined, reversed = false): Promise<Outcome> {
  const job = await prepare(state, other === undefined ? [first] : [first, other]);
  const firstAnswer = await give(fixture.store, first, job, reversed ? "second" : "first");
  const secondAnswer = other === undefined ? "" : await give(fixture.store, other, job, reversed ? "first" : "second");
  return { first: firstAnswer, second: secondAnswer, job: await described(job) };
}

function swapped({ first, second, job }: Outcome): Outcome {
  return { first: second, second: first, job };
}

async function prepare(state: string, names: readonly string[]): Promise<RacedJob> {
  const { sql } = fixture.store;
  // Sweeps take every job that is due: there is none but this one.
  await sql`delete from jobs`;
  await sql`delete from garbage`;
  const job = await racedStates[state]?.(fixture);
  if (job === undefined) throw new Error(`no state ${state}`);
  const times = names.map((name) => command(name).due).filter((time) => time !== undefined);
  await letPass(fixture, job.id, [...new Set(times)]);
  return job;
}

async function give(store: Store, name: string, job: RacedJob, who: "first" | "second"): Promise<string> {
  return anonymous(await command(name).give(store, job, who), job);
}

/** The job, and what belongs to it, without what differs from one job to the next. */
async function described(job: RacedJob): Promise<string> {
  const { jobs, garbage } = await see(fixture.store, [job.id], 0);
  const { row, ...seen } = jobs.get(job.id) ?? { row: "{}" };
  return anonymous({ ...seen, garbage }, job);
}

function anonymous(value: unknown, { id }: RacedJob): string {
  // Whether a heartbeat ended a silence is a hint for those who wait; they look for themselves as well.
  const text = JSON.stringify(value, (key, item) => (key === "heardAgain" ? undefined : item)) ?? "undefined";
  return text.replaceAll(id, "ID");
}

async function isWaiting(): Promise<boolean> {
  const [waiting] = await fixture.store.sql<[{ waits: boolean }]>`
    select exists (
      select from pg_stat_activity
      where datname = current_database() and application_name = 'second' and wait_event_type = 'Lock'
    ) as waits`;
  return waiting.waits;
}

function command(name: string): RacedCommand {
  const found = racedCommands[name];
  if (found === undefined) throw new Error(`no command ${name}`);
  return found;
}
