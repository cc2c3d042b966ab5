import { afterAll, beforeAll, expect, test } from "bun:test";
import { acceptAttempts } from "./commands/accept-attempts.ts";
import { addResult } from "./commands/add-result.ts";
import { completeAttempts } from "./commands/complete-attempts.ts";
import { dispatchJobs } from "./commands/dispatch-jobs.ts";
import { recordEvents } from "./commands/record-events.ts";
import { renewLeases } from "./commands/renew-leases.ts";
import { suspendJob, unsuspendJob } from "./commands/suspend-job.ts";
import { getJob } from "./queries/get-job.ts";
import { queuePosition } from "./queries/queue-position.ts";
import { type StoreFixture, storeFixture } from "./testing.ts";

let it: StoreFixture;
beforeAll(async () => {
  it = await storeFixture();
});
afterAll(() => it.close());

const read = async (id: string) => await getJob(it.store, "simulate", id);
const result = { id: "r", mediaType: "text/plain", size: 1, location: { reference: "http://x/" } } as const;
const progress = { fraction: 0.5, message: "half", counters: {} };

test("an operator takes a job from its worker: it goes on from its checkpoint when it may", async () => {
  const attempt = await it.start();
  const event = { ...attempt, sequence: 1, progress, log: [], checkpoint: btoa("state") };
  await recordEvents(it.store, [event]);
  await addResult(it.store, attempt, result, 2);
  expect(await suspendJob(it.store, attempt.job)).toBe(true);
  expect(await suspendJob(it.store, attempt.job)).toBe(false);
  // Its worker has it no longer, and learns of it with whatever it says next.
  expect(await renewLeases(it.store, [attempt], 1000)).toEqual([]);
  expect(await completeAttempts(it.store, [attempt])).toEqual([]);
  expect(await read(attempt.job)).toMatchObject({
    phase: "SUSPENDED",
    progress: { fraction: 0.5 },
    results: [{ id: "r" }],
    attempts: [{ outcome: "released", message: "suspended by an operator" }],
  });
  // Nobody is given it.
  expect(await dispatchJobs(it.store, ["simulate"], 10)).toEqual([]);
  await expect(it.claim(attempt.job)).rejects.toThrow();
  expect((await queuePosition(it.store, attempt.job))?.notBefore).toBe(Number.POSITIVE_INFINITY);

  expect(await unsuspendJob(it.store, attempt.job)).toBe(true);
  expect(await unsuspendJob(it.store, attempt.job)).toBe(false);
  expect(await dispatchJobs(it.store, ["simulate"], 10)).toMatchObject([{ id: attempt.job, attempt: 2 }]);
  const next = await it.claim(attempt.job);
  await acceptAttempts(it.store, [next], 10_000);
  expect(await read(attempt.job)).toMatchObject({ phase: "EXECUTING", attempt: 2, progress: { fraction: 0.5 } });
  expect((await it.store.sql`select failures from jobs where id = ${attempt.job}`)[0]).toEqual({ failures: 0 });
});

test("without a checkpoint it begins anew, and what it has made goes", async () => {
  const attempt = await it.start();
  await recordEvents(it.store, [{ ...attempt, sequence: 1, progress, log: [], checkpoint: null }]);
  await addResult(it.store, attempt, result, 2);
  await suspendJob(it.store, attempt.job);
  expect(await read(attempt.job)).toMatchObject({ phase: "SUSPENDED", results: [], progress: undefined });
});

test("what does not run is not suspended", async () => {
  const waiting = await it.create();
  const attempt = await it.start();
  await completeAttempts(it.store, [attempt]);
  for (const id of [waiting, attempt.job]) expect(await suspendJob(it.store, id)).toBe(false);
  expect((await read(waiting))?.phase).toBe("QUEUED");
});
