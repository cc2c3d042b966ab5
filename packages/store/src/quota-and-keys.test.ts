import { afterAll, beforeAll, expect, test } from "bun:test";
import { abortJob } from "./commands/abort-job.ts";
import { changeJob } from "./commands/change-job.ts";
import { createJob } from "./commands/create-job.ts";
import { forgetIdempotencyKeys } from "./commands/forget-idempotency-keys.ts";
import { openStore } from "./store.ts";
import { newJob, type StoreFixture, storeFixture } from "./testing.ts";

let fixture: StoreFixture;
beforeAll(async () => {
  fixture = await storeFixture();
});
afterAll(() => fixture.close());

test("above the quota a job is HELD, and runs when it is told again and there is room", async () => {
  const quota = { active: 1, over: "hold" } as const;
  const [first, second] = [newJob({ owner: "holder", quota }), newJob({ owner: "holder", quota })];
  expect(await createJob(fixture.store, first)).toEqual({ outcome: "created", phase: "QUEUED" });
  expect(await createJob(fixture.store, second)).toEqual({ outcome: "created", phase: "HELD" });
  expect(await changeJob(fixture.store, second.id, { run: { quota } })).toEqual({ outcome: "changed", phase: "HELD" });
  // Somebody else has a quota of their own.
  expect(await createJob(fixture.store, newJob({ quota }))).toEqual({ outcome: "created", phase: "QUEUED" });
  await abortJob(fixture.store, first.id);
  expect(await changeJob(fixture.store, second.id, { run: { quota } })).toEqual({
    outcome: "changed",
    phase: "QUEUED",
  });
  expect(await changeJob(fixture.store, second.id, { run: { quota } })).toEqual({ outcome: "refused" });
});

test("where the service refuses, nothing is created or changed above the quota", async () => {
  const quota = { active: 1, over: "refuse" } as const;
  const owner = "refused";
  await createJob(fixture.store, newJob({ owner, quota }));
  const idempotency = { key: "k", request: "r" };
  expect(await createJob(fixture.store, newJob({ owner, quota, idempotency }))).toEqual({ outcome: "over_quota" });
  const pending = newJob({ owner, quota, run: false });
  expect(await createJob(fixture.store, pending)).toEqual({ outcome: "created", phase: "PENDING" });
  const change = { run: { quota }, executionDuration: 5 };
  expect(await changeJob(fixture.store, pending.id, change)).toEqual({ outcome: "over_quota" });
  const rows = await fixture.store.sql`
    select phase, execution_duration as "executionDuration" from jobs where owner = ${owner} order by creation_time, id`;
  expect([...rows]).toEqual([
    { phase: "QUEUED", executionDuration: 600 },
    { phase: "PENDING", executionDuration: 600 },
  ]);
  expect(await fixture.store.sql`select key from idempotency_keys where owner = ${owner}`).toHaveLength(0);
});

test("any number of requests at the same time do not pass the quota", async () => {
  const quota = { active: 5, over: "hold" } as const;
  const store = openStore({ url: fixture.url, connections: 20 });
  for (const owner of ["crowd", undefined]) {
    const service = `crowd-${owner}`;
    const pending = Array.from({ length: 20 }, () => newJob({ owner, service, quota, run: false }));
    await Promise.all(pending.map((job) => createJob(store, job)));
    const answers = await Promise.all([
      ...pending.map(({ id }) => changeJob(store, id, { run: { quota } })),
      ...Array.from({ length: 20 }, () => createJob(store, newJob({ owner, service, quota }))),
    ]);
    const phases = answers.map((answer) => ("phase" in answer ? answer.phase : answer.outcome));
    expect(phases.filter((phase) => phase === "QUEUED")).toHaveLength(5);
    expect(phases.filter((phase) => phase === "HELD")).toHaveLength(35);
  }
  await store.close();
});

test("a request that is repeated under its key makes no second job", async () => {
  const { store } = fixture;
  const idempotency = { key: "once", request: "what it says" };
  const jobs = Array.from({ length: 10 }, () => newJob({ idempotency }));
  const answers = await Promise.all(jobs.map((job) => createJob(store, job)));
  const made = answers.findIndex(({ outcome }) => outcome === "created");
  const repeated = { outcome: "repeated" as const, job: jobs[made]?.id ?? "", request: "what it says" };
  expect(answers.filter(({ outcome }) => outcome === "created")).toHaveLength(1);
  expect(answers.filter(({ outcome }) => outcome !== "created")).toEqual(jobs.slice(1).map(() => repeated));
  // Another owner, another service: other keys.
  expect((await createJob(store, newJob({ idempotency, owner: "somebody" }))).outcome).toBe("created");
  expect((await createJob(store, newJob({ idempotency, service: "another" }))).outcome).toBe("created");
});

test("keys are forgotten after a while", async () => {
  const idempotency = { key: "old", request: "r" };
  await createJob(fixture.store, newJob({ idempotency }));
  expect(await forgetIdempotencyKeys(fixture.store, 86_400, 1000)).toBe(0);
  expect(await forgetIdempotencyKeys(fixture.later("25 hours"), 86_400, 1000)).toBeGreaterThan(0);
  expect((await createJob(fixture.store, newJob({ idempotency }))).outcome).toBe("created");
});
