import { afterAll, beforeAll, expect, test } from "bun:test";
import { newAttemptToken } from "./attempt.ts";
import { acceptAttempts } from "./commands/accept-attempts.ts";
import { claimJobs } from "./commands/claim-jobs.ts";
import { failAttempts } from "./commands/fail-attempts.ts";
import { loseLeases } from "./commands/lose-leases.ts";
import { markSilent } from "./commands/mark-silent.ts";
import { releaseAttempts } from "./commands/release-attempts.ts";
import { getJob } from "./queries/get-job.ts";
import { type StoreFixture, storeFixture } from "./testing.ts";

/* Which ends of an attempt are followed by another one, and after what wait. */

let fixture: StoreFixture;
beforeAll(async () => {
  fixture = await storeFixture();
});
afterAll(() => fixture.close());

const hour = 3_600_000;
const phaseOf = async (id: string) => (await getJob(fixture.store, "simulate", id))?.phase;

/** Lets the lease run out, and tells in how many hours the next attempt may begin. */
async function lose(id: string, backoff: { base: number; max: number }): Promise<number> {
  const { sql } = fixture.store;
  await sql`update jobs set lease_until = uws_now() - interval '1 second' where id = ${id}`;
  await loseLeases(fixture.store, backoff, 1000);
  const [row] = await sql<[{ hours: number }]>`
    select extract(epoch from available_at - uws_now())::float8 / 3600 as hours from jobs where id = ${id}`;
  return row.hours;
}

/** The next attempt, whenever it may begin. */
async function startAgain(id: string): Promise<void> {
  await fixture.store.sql`update jobs set available_at = null where id = ${id}`;
  await acceptAttempts(fixture.store, [await fixture.claim(id)], 10_000);
}

test("a lost job waits before its next attempt, twice as long after each, up to a maximum", async () => {
  const { job } = await fixture.start({ maxAttempts: 9 });
  const waits: number[] = [];
  for (let loss = 0; loss < 5; loss += 1) {
    waits.push(await lose(job, { base: hour, max: 8 * hour }));
    expect(await phaseOf(job)).toBe("QUEUED");
    const claim = { id: job, token: newAttemptToken(job), worker: "w" };
    expect(await claimJobs(fixture.store, [claim], 5000)).toEqual([]);
    await startAgain(job);
  }
  // Half of it less or more, at random; the statements between are no matter of hours.
  for (const [loss, wait] of waits.entries()) {
    const hours = Math.min(2 ** loss, 8);
    expect(wait).toBeGreaterThan(hours * 0.49);
    expect(wait).toBeLessThan(hours * 1.51);
  }
});

test("a job whose worker was silent before it was lost is QUEUED again", async () => {
  const { job } = await fixture.start();
  await fixture.store.sql`update jobs set heard_at = uws_now() - interval '1 minute' where id = ${job}`;
  await markSilent(fixture.store, 1000, 1000);
  expect(await phaseOf(job)).toBe("UNKNOWN");
  await lose(job, { base: 0, max: 0 });
  expect(await phaseOf(job)).toBe("QUEUED");
});

test("a job that is given back spends no attempt, however often", async () => {
  const { job, token } = await fixture.start({ maxAttempts: 1 });
  let attempt = { job, token };
  for (let times = 0; times < 3; times += 1) {
    await releaseAttempts(fixture.store, [{ ...attempt, reason: "drained", checkpoint: null }]);
    expect(await phaseOf(job)).toBe("QUEUED");
    attempt = await fixture.claim(job);
    await acceptAttempts(fixture.store, [attempt], 10_000);
  }
  const { sql } = fixture.store;
  const [row] = await sql<[{ failures: number }]>`select failures from jobs where id = ${job}`;
  expect(row.failures).toBe(0);
});

test("a worker's own failure is final, whatever attempts remain, unless it says otherwise", async () => {
  const failure = { type: "transient", message: "m", detail: "", retryDelay: 0 } as const;
  const final = await fixture.start({ maxAttempts: 9 });
  await failAttempts(fixture.store, [{ ...final, ...failure, retryable: false }]);
  expect(await phaseOf(final.job)).toBe("ERROR");
  const again = await fixture.start({ maxAttempts: 2 });
  await failAttempts(fixture.store, [{ ...again, ...failure, retryable: true }]);
  expect(await phaseOf(again.job)).toBe("QUEUED");
  await startAgain(again.job);
});

test("a job waits for its client while it is HELD: no worker gets it", async () => {
  const quota = { active: 0, over: "hold" } as const;
  const id = await fixture.create({ owner: "held", quota });
  expect(await phaseOf(id)).toBe("HELD");
  expect(await claimJobs(fixture.store, [{ id, token: newAttemptToken(id), worker: "w" }], 5000)).toEqual([]);
});
