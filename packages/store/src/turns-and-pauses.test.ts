import { afterAll, beforeAll, expect, test } from "bun:test";
import { limits } from "@uws/core";
import { acceptAttempts } from "./commands/accept-attempts.ts";
import { changeJob } from "./commands/change-job.ts";
import { claimJobs } from "./commands/claim-jobs.ts";
import { completeAttempts } from "./commands/complete-attempts.ts";
import { dispatchJobs } from "./commands/dispatch-jobs.ts";
import { failAttempts } from "./commands/fail-attempts.ts";
import { limitType } from "./commands/limit-type.ts";
import { pauseType } from "./commands/pause-type.ts";
import { getJob } from "./queries/get-job.ts";
import { typeRules } from "./queries/type-rules.ts";
import { type StoreFixture, storeFixture } from "./testing.ts";

let fixture: StoreFixture;
beforeAll(async () => {
  fixture = await storeFixture();
});
afterAll(() => fixture.close());

const pick = async (type: string, window: number) =>
  (await dispatchJobs(fixture.store, [type], window)).map(({ id }) => id);

/** So many QUEUED jobs of an owner, in one statement. */
async function fill(type: string, owners: number, each: number): Promise<void> {
  await fixture.store.sql`
    insert into jobs (id, service, type, description, owner, parameters, execution_duration, max_attempts, creation_time,
      phase, queued_at)
    select gen_random_uuid(), 'simulate', ${type}, 'digest', 'owner-' || lpad(owner::text, 5, '0'), '[]', 0, 3, uws_now(),
      'QUEUED', uws_now() - interval '1 hour' + (job * ${owners}::int + owner) * interval '1 millisecond'
    from generate_series(0, ${owners - 1}::int) as owner, generate_series(0, ${each - 1}::int) as job`;
}

test("owners take turns: one job of one owner does not wait for the 10,000 of another", async () => {
  const type = "turns";
  await fill(type, 1, 10_000);
  const first = await pick(type, 4);
  const lonely = await fixture.create({ type, owner: "lonely" });
  const anonymous = await fixture.create({ type });
  // Four of the other owner are on their way already; then whoever has none comes first, in the order of asking.
  await fixture.claim(first[0] ?? "");
  expect((await pick(type, 6)).slice(0, 2)).toEqual([lonely, anonymous]);
});

test("a higher priority comes before anybody's turn", async () => {
  const type = "urgent";
  const [, urgent] = [
    await fixture.create({ type, owner: "a" }),
    await fixture.create({ type, owner: "b", priority: 3 }),
  ];
  const most = await fixture.create({ type, owner: "b", priority: 9 });
  expect((await pick(type, 2)).slice(0, 2)).toEqual([most, urgent]);
});

test("where there are more owners than are looked at, none is passed over", async () => {
  const type = "crowd";
  await fill(type, limits.dispatchOwners + 200, 2);
  const owners: string[] = [];
  for (;;) {
    const ids = await pick(type, 32);
    if (ids.length === 0) break;
    // They run and end at once, so that everybody has nothing in flight at every look.
    const rows = await fixture.store.sql<{ owner: string }[]>`
      update jobs set phase = 'COMPLETED' where id = any(${ids}::uuid[]) returning owner`;
    owners.push(...rows.map(({ owner }) => owner));
    if (owners.length >= limits.dispatchOwners + 200) break;
  }
  // The oldest of each come before the second of most.
  expect(new Set(owners).size).toBeGreaterThan((limits.dispatchOwners + 200) * 0.7);
});

test("no more jobs of a type are with workers at once than its limit says, whoever asks at the same time", async () => {
  const type = "limited";
  await limitType(fixture.store, type, { concurrency: 3, ownerConcurrency: undefined });
  for (let count = 0; count < 10; count += 1) await fixture.create({ type });
  const picked = (await Promise.all([pick(type, 256), pick(type, 256), pick(type, 256)])).flat();
  expect(picked).toHaveLength(3);
  const attempts = await Promise.all(picked.map((id) => fixture.claim(id)));
  expect(await pick(type, 256)).toEqual([]);
  await fixture.store.sql`update jobs set phase = 'EXECUTING' where attempt_token = ${attempts[0]?.token ?? ""}`;
  expect(await completeAttempts(fixture.store, attempts)).toHaveLength(1);
  expect(await pick(type, 256)).toHaveLength(1);
  expect((await typeRules(fixture.store)).find((rules) => rules.type === type)).toMatchObject({ limited: true });
});

test("no more jobs of one owner are with workers at once than the type's limit for owners says", async () => {
  const type = "limited-owners";
  await limitType(fixture.store, type, { concurrency: undefined, ownerConcurrency: 2 });
  await fill(type, 3, 5);
  expect((await Promise.all([pick(type, 256), pick(type, 256)])).flat()).toHaveLength(6);
  await limitType(fixture.store, type, { concurrency: undefined, ownerConcurrency: undefined });
  expect(await pick(type, 256)).toHaveLength(9);
});

test("of a paused type no job is given out, RUN makes it HELD, and afterwards all is as it was", async () => {
  const type = "paused";
  const { store } = fixture;
  const before = await fixture.create({ type });
  expect(await pick(type, 256)).toEqual([before]);
  const pending = await fixture.create({ type, run: false });
  expect(await pauseType(store, type, true)).toBe(true);
  expect(await pauseType(store, type, true)).toBe(false);

  const run = { run: { quota: undefined } };
  expect(await changeJob(store, pending, run)).toEqual({ outcome: "changed", phase: "HELD" });
  expect((await getJob(store, "simulate", await fixture.create({ type })))?.phase).toBe("HELD");
  // Its message may be with a gateway already.
  expect(await claimJobs(store, [{ id: before, token: `${before}.x`, worker: "w" }], 5000)).toEqual([]);
  expect(await pick(type, 256)).toEqual([]);

  expect(await pauseType(store, type, false)).toBe(true);
  expect(await pick(type, 256)).toEqual([before]);
  expect(await changeJob(store, pending, run)).toEqual({ outcome: "changed", phase: "QUEUED" });
});

test("the detail of an error tells of every attempt, where there were several", async () => {
  const { store } = fixture;
  const fail = async (attempt: { job: string; token: string }, message: string, retryable: boolean) =>
    await failAttempts(store, [{ ...attempt, type: "fatal", message, detail: "stack", retryable, retryDelay: 0 }]);
  const once = await fixture.start();
  await fail(once, "at once", false);
  expect((await getJob(store, "simulate", once.job))?.error).toMatchObject({ message: "at once", detail: "stack" });
  const first = await fixture.start();
  await fail(first, "no luck", true);
  const second = await fixture.claim(first.job, "w2");
  await acceptAttempts(store, [second], 10_000);
  await fail(second, "again", false);
  const detail = (await getJob(store, "simulate", first.job))?.error?.detail?.split("\n") ?? [];
  expect(detail[0]).toBe("stack");
  expect(detail[2]).toMatch(/^attempt 1 on w1, \S+Z to \S+Z: retried\. no luck$/);
  expect(detail[3]).toMatch(/^attempt 2 on w2, \S+Z to \S+Z: failed\. again$/);
});
