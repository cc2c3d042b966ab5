import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { claimJobs, newAttemptToken, type TypeStatistics } from "@uws/store";
import { predictRunning, predictWaiting } from "./quotes.ts";
import { type ApiFixture, apiFixture } from "./testing.ts";

const now = Date.parse("2026-01-01T00:00:00Z");
const inSeconds = (date: Date | undefined) => (date === undefined ? undefined : (date.getTime() - now) / 1000);
const seconds = (typical: number, spread = 0) => ({ typical: typical * 1000, spread: spread * 1000 });

describe("a waiting job", () => {
  const idle: TypeStatistics = { now, held: 0, running: [], completed: [], waitingSince: null };
  const predicted = (ahead: number, statistics: Partial<TypeStatistics>, typical: number, executionDuration = 0) =>
    inSeconds(
      predictWaiting(
        { executionDuration },
        { ahead, notBefore: 0, claimed: false },
        { ...idle, ...statistics },
        seconds(typical),
        now,
      ),
    );

  test("comes after those before it, as many at a time as run now", () => {
    expect(predicted(0, {}, 10)).toBe(10);
    expect(predicted(3, {}, 10)).toBe(40);
    const running = [now - 2000, now - 4000, now - 6000, now - 8000].map((start) => [start, null] as const);
    const busy = { held: 4, running, waitingSince: now - 5000 };
    expect(predicted(0, busy, 10)).toBe(12);
    expect(predicted(3, busy, 10)).toBe(18);
    expect(predicted(8, busy, 10)).toBe(32);
  });

  test("waits for what the running jobs say of themselves", () => {
    expect(predicted(0, { held: 1, running: [[now - 5000, 0.25]], waitingSince: now - 5000 }, 10)).toBe(25);
    expect(predicted(0, { held: 1, running: [[null, 0.25]], waitingSince: now - 5000 }, 10)).toBe(20);
  });

  test("starts at once where as many have run at once before", () => {
    const completed = [10, 11, 12].map((second) => [now - 60_000 + second * 1000, now - 30_000 + second] as const);
    expect(predicted(0, { held: 1, running: [[now, null]], completed }, 10)).toBe(10);
    expect(predicted(1, { completed }, 10)).toBe(10);
    // Unless somebody waits for longer than it takes to give a job to a free worker: then there is none.
    expect(predicted(0, { held: 1, running: [[now, null]], completed, waitingSince: now - 1100 }, 10)).toBe(20);
  });

  test("does not run before its backoff is over, nor longer than it may", () => {
    const late = { ahead: 0, notBefore: now + 7000, claimed: false };
    expect(inSeconds(predictWaiting({ executionDuration: 0 }, late, idle, seconds(10), now))).toBe(17);
    expect(predicted(0, {}, 10, 4)).toBe(4);
  });

  test("that a worker has been given is not behind itself", () => {
    const statistics = { ...idle, held: 1, running: [[null, null] as const], waitingSince: now - 5000 };
    const claimed = { ahead: 0, notBefore: 0, claimed: true };
    expect(inSeconds(predictWaiting({ executionDuration: 0 }, claimed, statistics, seconds(10), now))).toBe(10);
  });
});

test("a running job ends when such jobs do, or when its own progress says so, and never in the past", () => {
  const job = { startTime: new Date(now - 20_000), progress: undefined, executionDuration: 0 };
  const progress = { fraction: 0.5, message: "", counters: {} };
  expect(inSeconds(predictRunning(job, seconds(30), now))).toBe(10);
  expect(inSeconds(predictRunning(job, seconds(5), now))).toBe(0);
  expect(inSeconds(predictRunning(job, seconds(5, 2), now))).toBe(2);
  expect(inSeconds(predictRunning({ ...job, progress }, seconds(5), now))).toBe(20);
  expect(inSeconds(predictRunning({ ...job, progress, executionDuration: 25 }, seconds(5), now))).toBe(5);
  // The clock of the database may be set back.
  expect(inSeconds(predictRunning({ ...job, startTime: new Date(now + 5000) }, seconds(5), now))).toBe(5);
});

describe("over HTTP", () => {
  let it: ApiFixture;
  beforeAll(async () => {
    it = await apiFixture();
  });
  afterAll(() => it.close());
  const quoteOf = async (job: string) => await (await it.request(`${job}/quote`)).text();
  const milliseconds = async (job: string) => {
    const text = await quoteOf(job);
    expect(text).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    return Date.parse(text);
  };

  test("the last of a hundred that wait ends later than the first, and a job that is not started behind all", async () => {
    const jobs: string[] = [];
    for (let count = 0; count < 100; count += 1) jobs.push(await it.create(it.cones, { RADIUS: "1", PHASE: "RUN" }));
    const pending = await it.create(it.cones, { RADIUS: "1" });
    const [first, middle, last, never] = await Promise.all(
      [jobs[0], jobs[49], jobs[99], pending].map((job) => milliseconds(job ?? "")),
    );
    // One at a time, 30 s each by the description; the quotes were not asked for at the very same moment.
    expect(Math.round(((middle ?? 0) - (first ?? 0)) / 30_000)).toBe(49);
    expect(Math.round(((last ?? 0) - (first ?? 0)) / 30_000)).toBe(99);
    expect(Math.round(((never ?? 0) - (last ?? 0)) / 30_000)).toBe(1);
    const xml = await (await it.request(jobs[99] ?? "")).text();
    expect(xml).toMatch(/<uws:quote>\d{4}-.*Z<\/uws:quote>/);
    await it.store.sql`delete from jobs`;
  });

  test("is empty where nobody knows, and again when the job has ended: nothing is left to predict", async () => {
    const unknown = await it.create(it.frees, { PHASE: "RUN" });
    expect(await quoteOf(unknown)).toBe("");
    const job = await it.create(it.cones, { RADIUS: "1", PHASE: "RUN" });
    const attempt = await it.start(job);
    expect(await milliseconds(job)).toBeGreaterThan(0);
    await it.complete(attempt);
    expect(await quoteOf(job)).toBe("");
    expect(await (await it.request(job)).text()).toContain('<uws:quote xsi:nil="true"');
  });

  test("goes by the clock of the database, not by that of the api", async () => {
    const job = await it.create(it.cones, { RADIUS: "1", PHASE: "RUN" });
    const id = job.split("/").at(-1) ?? "";
    await claimJobs(it.store, [{ id, token: newAttemptToken(id), worker: "w1" }], 60_000);
    const real = Date.now;
    Date.now = () => real() - 86_400_000;
    try {
      const [{ now: database }] = await it.store.sql<[{ now: Date }]>`select uws_now() as now`;
      expect(Math.abs((await milliseconds(job)) - database.getTime())).toBeLessThan(3_600_000);
    } finally {
      Date.now = real;
    }
  });
});
