import { afterAll, beforeAll, expect, test } from "bun:test";
import { createJob } from "./commands/create-job.ts";
import { type Batch, createJobs } from "./commands/create-jobs.ts";
import { pauseType } from "./commands/pause-type.ts";
import { newJob, type StoreFixture, storeFixture } from "./testing.ts";

let fixture: StoreFixture;
beforeAll(async () => {
  fixture = await storeFixture();
});
afterAll(() => fixture.close());

const batchOf = (owner: string, changes: Partial<Batch> = {}): Batch => ({
  service: "simulate",
  owner,
  quota: undefined,
  idempotency: undefined,
  ...changes,
});
const countOf = async (owner: string) => {
  const [row] = await fixture.store.sql<{ count: number }[]>`
    select count(*)::int as count from jobs where owner = ${owner}`;
  return row?.count;
};

test("a thousand jobs are made by one statement, as single ones are", async () => {
  const owner = "many";
  const time = new Date("2090-01-01T00:00:00Z");
  const parameters = [
    { name: "A", value: "x\ty" },
    { name: "A", value: "ñ😀" },
  ];
  const odd = {
    runId: "night 7",
    priority: 3,
    parameters,
    destruction: time,
    executionDuration: 7,
    traceContext: { traceparent: "00-a" },
  };
  const jobs = Array.from({ length: 1000 }, (_, index) => newJob(index % 2 === 0 ? odd : { run: false }));
  const created = await createJobs(fixture.store, batchOf(owner), jobs);
  expect(created).toEqual({ outcome: "created", phases: jobs.map(({ run }) => (run ? "QUEUED" : "PENDING")) });
  const rowsOf = (of: string) => fixture.store.sql`
    select phase, run_id, priority, parameters, trace_context, execution_duration, max_attempts, type, description,
      queued_at is null as unqueued, attempt, destruction - case when run_id is null then creation_time else ${time} end as kept
    from jobs where owner = ${of} order by id`;
  await createJob(fixture.store, newJob({ ...odd, owner: "one" }));
  await createJob(fixture.store, newJob({ run: false, owner: "one" }));
  const [rows, alike] = [await rowsOf(owner), await rowsOf("one")];
  expect([...rows.slice(0, 2)]).toEqual([...alike]);
  expect(rows).toHaveLength(1000);
});

test("where the quota has room for some, the first are QUEUED and the rest HELD; those that do not run do not count", async () => {
  const owner = "holder";
  const quota = { active: 3, over: "hold" } as const;
  await createJob(fixture.store, newJob({ owner }));
  const jobs = [newJob(), newJob({ run: false }), newJob(), newJob()];
  expect(await createJobs(fixture.store, batchOf(owner, { quota }), jobs)).toEqual({
    outcome: "created",
    phases: ["QUEUED", "PENDING", "QUEUED", "HELD"],
  });
});

test("where the service refuses what is above the quota, a batch that does not fit makes nothing", async () => {
  const owner = "refused";
  const batch = batchOf(owner, { quota: { active: 2, over: "refuse" }, idempotency: { key: "k", request: "r" } });
  const jobs = [newJob(), newJob(), newJob()];
  expect(await createJobs(fixture.store, batch, jobs)).toEqual({ outcome: "over_quota" });
  expect(await countOf(owner)).toBe(0);
  // The key was not used.
  expect(await createJobs(fixture.store, batch, jobs.slice(1))).toMatchObject({ outcome: "created" });
});

test("two batches at once cannot take the same places", async () => {
  const owner = "crowded";
  const batch = batchOf(owner, { quota: { active: 5, over: "hold" } });
  const all = await Promise.all(
    Array.from({ length: 4 }, () => createJobs(fixture.store, batch, [newJob(), newJob(), newJob()])),
  );
  const phases = all.flatMap((created) => (created.outcome === "created" ? created.phases : []));
  expect(phases.filter((phase) => phase === "QUEUED")).toHaveLength(5);
  expect(phases.filter((phase) => phase === "HELD")).toHaveLength(7);
});

test("jobs of a paused type are HELD, and take no place of the quota", async () => {
  await pauseType(fixture.store, "paused", true);
  const batch = batchOf("pausing", { quota: { active: 1, over: "hold" } });
  expect(await createJobs(fixture.store, batch, [newJob({ type: "paused" }), newJob(), newJob()])).toEqual({
    outcome: "created",
    phases: ["HELD", "QUEUED", "HELD"],
  });
});

test("a batch that is repeated under its key makes no more jobs, and names those that there are, in order", async () => {
  const owner = "repeating";
  const batch = batchOf(owner, { idempotency: { key: "again", request: "r" } });
  const jobs = Array.from({ length: 12 }, () => newJob());
  const both = await Promise.all([
    createJobs(fixture.store, batch, jobs),
    createJobs(
      fixture.store,
      batch,
      jobs.map(() => newJob()),
    ),
  ]);
  expect(both.map(({ outcome }) => outcome).sort()).toEqual(["created", "repeated"]);
  const again = await createJobs(
    fixture.store,
    batch,
    jobs.map(() => newJob()),
  );
  const rows = await fixture.store.sql<{ id: string }[]>`select id from jobs where owner = ${owner} order by id`;
  expect(again).toEqual({ outcome: "repeated", jobs: rows.map(({ id }) => id), request: "r" });
  expect(rows).toHaveLength(12);
  // The key of a single job, too, stands for that job only.
  const single = newJob({ owner, idempotency: { key: "single", request: "s" } });
  await createJob(fixture.store, single);
  const idempotency = { key: "single", request: "t" };
  expect(await createJobs(fixture.store, batchOf(owner, { idempotency }), [newJob()])).toEqual({
    outcome: "repeated",
    jobs: [single.id],
    request: "s",
  });
});

test("one job that cannot be stored, and none is", async () => {
  const owner = "broken";
  const wrong = newJob({ description: "no such description" });
  await expect(createJobs(fixture.store, batchOf(owner), [newJob(), wrong])).rejects.toThrow("descriptions");
  expect(await countOf(owner)).toBe(0);
});
