import { afterAll, beforeAll, expect, test } from "bun:test";
import { holdRow } from "@uws/testing";
import { abortDueJobs, archiveJobs } from "./commands/archive-jobs.ts";
import { completeAttempts } from "./commands/complete-attempts.ts";
import { destroyJobs } from "./commands/destroy-jobs.ts";
import { dispatchJobs } from "./commands/dispatch-jobs.ts";
import { expireAttempts } from "./commands/expire-attempts.ts";
import { loseLeases } from "./commands/lose-leases.ts";
import { markSilent } from "./commands/mark-silent.ts";
import { redispatchJobs } from "./commands/redispatch-jobs.ts";
import { unclaimJobs } from "./commands/unclaim-jobs.ts";
import type { Store } from "./store.ts";
import { type StoreFixture, storeFixture } from "./testing.ts";

/* Any number of keepers may run. Each thing that time does is done by one of them. */

let fixture: StoreFixture;
beforeAll(async () => {
  fixture = await storeFixture();
});
afterAll(() => fixture.close());

interface Due {
  /** A job to which something is to be done. */
  job(): Promise<string>;
  /** Does it; gives what it was done to. */
  sweep(store: Store): Promise<readonly unknown[]>;
}

const started = async (destruction = 86_400) => (await fixture.start({ executionDuration: 60, destruction })).job;

/** So that everything that has a time is due. */
async function age(id: string): Promise<string> {
  const { sql } = fixture.store;
  await sql`
    update jobs set heard_at = heard_at - interval '1 day', lease_until = lease_until - interval '1 day',
      deadline = deadline - interval '1 day', accept_by = accept_by - interval '1 day',
      destruction = destruction - interval '2 days', dispatched_at = dispatched_at - interval '1 day',
      rung_at = rung_at - interval '1 day'
    where id = ${id}`;
  return id;
}

const sweeps: Readonly<Record<string, Due>> = {
  "leases that ran out": {
    job: () => started(),
    sweep: (store) => loseLeases(store, { base: 0, max: 0 }, 100),
  },
  "silent workers": { job: () => started(), sweep: (store) => markSilent(store, 1000, 100) },
  "execution durations": { job: () => started(), sweep: (store) => expireAttempts(store, 100) },
  "assignments that nobody accepted": {
    async job() {
      const id = await fixture.create();
      await fixture.claim(id);
      return id;
    },
    sweep: (store) => unclaimJobs(store, 100),
  },
  "messages that nobody claimed": {
    async job() {
      const id = await fixture.create();
      await dispatchJobs(fixture.store, ["simulate"], 100);
      return id;
    },
    sweep: (store) => redispatchJobs(store, 1000, 100),
  },
  "destruction times": { job: () => fixture.create(), sweep: (store) => destroyJobs(store, [], 100) },
  "destruction times of jobs that have not ended": {
    job: () => started(),
    sweep: (store) => abortDueJobs(store, ["simulate"], 100),
  },
  "destruction times where jobs are archived": {
    async job() {
      const attempt = await fixture.start();
      await completeAttempts(fixture.store, [attempt]);
      return attempt.job;
    },
    sweep: (store) => archiveJobs(store, [{ service: "simulate", keep: null }], 100),
  },
};

test.each(Object.entries(sweeps))("what one keeper is at work on, another passes over: %s", async (_, due) => {
  const { store } = fixture;
  await store.sql`delete from jobs`;
  const id = await age(await due.job());
  const other = await holdRow(store.sql, id);
  try {
    // It does not wait, and does not do it a second time.
    expect(await due.sweep(store)).toEqual([]);
  } finally {
    await other.release();
  }
  expect(await due.sweep(store)).toHaveLength(1);
  expect(await due.sweep(store)).toEqual([]);
});

test("of many keepers that look at once, one loses each lease", async () => {
  const { store } = fixture;
  await store.sql`delete from jobs`;
  const jobs = await Promise.all(Array.from({ length: 40 }, () => started()));
  for (const job of jobs) await age(job);
  const lost = await Promise.all([1, 2, 3, 4].map(() => loseLeases(store, { base: 0, max: 0 }, 100)));
  expect(
    lost
      .flat()
      .map(({ id }) => id)
      .sort(),
  ).toEqual(jobs.sort());
  const [row] = await store.sql<[{ most: number }]>`select max(failures)::int as most from jobs`;
  expect(row.most).toBe(1);
});
