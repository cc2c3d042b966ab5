import { afterAll, beforeAll, expect, test } from "bun:test";
import { openFileBlobs } from "@uws/blobs";
import { type AttemptRef, acceptAttempts, claimJobs, newAttemptToken } from "@uws/store";
import pino from "pino";
import { AttemptWriter } from "./attempt-writer.ts";
import type { GatewayDependencies } from "./dependencies.ts";
import { type House, openTestHouse } from "./testing.ts";
import { TypeWatch } from "./type-watch.ts";

let house: House;
let writer: AttemptWriter;
let types: TypeWatch;
beforeAll(async () => {
  house = await openTestHouse({ lease: 120_000, silence: 60_000, accept: 60_000 });
  const { store, dispatch, timing } = house;
  const log = pino({ level: "silent" });
  const config = { timing } as GatewayDependencies["config"];
  types = new TypeWatch(store, 60_000, log, () => {});
  writer = new AttemptWriter({ config, store, dispatch, blobs: openFileBlobs("/nonexistent"), log }, types);
});
afterAll(async () => {
  types.stop();
  await house.close();
});

/** Jobs of a type for which no gateway pulls, in the hands of so many workers. */
async function claimed(count: number): Promise<AttemptRef[]> {
  const ids = await Promise.all(Array.from({ length: count }, () => house.submit("written")));
  const attempts = ids.map((job) => ({ job, token: newAttemptToken(job) }));
  await claimJobs(
    house.store,
    attempts.map(({ job, token }) => ({ id: job, token, worker: "w" })),
    60_000,
  );
  return attempts;
}

const event = { sequence: 1, progress: null, log: [], checkpoint: null };
const failure = { type: "fatal", message: "m", detail: "", retryable: false, retryDelay: 0 } as const;
const reports: [what: string, report: (attempt: AttemptRef) => Promise<unknown>][] = [
  ["heartbeats", (attempt) => writer.renew(attempt)],
  ["events", (attempt) => writer.record({ ...attempt, ...event })],
  ["completions", (attempt) => writer.complete(attempt)],
  ["failures", (attempt) => writer.fail({ ...attempt, ...failure })],
  ["releases", (attempt) => writer.release({ ...attempt, reason: "r", checkpoint: null })],
];

test.each(reports)("what many workers report at once is one statement: %s", async (_, report) => {
  const attempts = await claimed(50);
  await acceptAttempts(house.store, attempts, 120_000);
  const told = await Promise.all(attempts.map(report));
  expect(told.every(Boolean)).toBe(true);
  // PostgreSQL notes in each row which transaction wrote it: a statement of ours is one.
  const [row] = await house.store.sql<[{ transactions: number }]>`
    select count(distinct xmin::text)::int as transactions from jobs where id = any(${attempts.map(({ job }) => job)}::uuid[])`;
  expect(row.transactions).toBe(1);
});
