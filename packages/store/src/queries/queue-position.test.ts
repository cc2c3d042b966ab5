import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { dispatchJobs } from "../commands/dispatch-jobs.ts";
import { newJobId } from "../job-id.ts";
import { type StoreFixture, storeFixture } from "../testing.ts";
import { queuePosition } from "./queue-position.ts";
import { typeStatistics } from "./type-statistics.ts";

let it: StoreFixture;
beforeAll(async () => {
  it = await storeFixture();
});
afterAll(() => it.close());
beforeEach(async () => {
  await it.store.sql`delete from jobs`;
});

const ahead = async (id: string) => (await queuePosition(it.store, id))?.ahead;

test("the place of each job is the one at which dispatchJobs takes it", async () => {
  const jobs: string[] = [];
  for (const priority of [0, 5, 0, -3, 5, 0]) jobs.push(await it.create({ priority }));
  const predicted = new Map<string, number | undefined>();
  for (const id of jobs) predicted.set(id, await ahead(id));
  const taken: string[] = [];
  while (taken.length < jobs.length) {
    // One at a time, and each is still there: the window of the message queue is ahead of everything else.
    const [next] = await dispatchJobs(it.store, ["simulate"], taken.length + 1);
    taken.push(next?.id ?? "");
    for (const id of jobs) expect(await ahead(id)).toBe(predicted.get(id));
  }
  expect(taken.map((id) => predicted.get(id))).toEqual([0, 1, 2, 3, 4, 5]);
});

test("jobs of one handful stand in the order in which they are published", async () => {
  for (const priority of [0, 5, 0, -3, 5, 0]) await it.create({ priority });
  const published = await dispatchJobs(it.store, ["simulate"], 256);
  expect(await Promise.all(published.map(({ id }) => ahead(id)))).toEqual([0, 1, 2, 3, 4, 5]);
});

test("owners take turns: the place is the one at which a job is published, whatever others have in flight", async () => {
  const jobs: string[] = [];
  for (const owner of ["ada", "ada", "ada", "ada", "bob", "bob", undefined, "eve"])
    jobs.push(await it.create({ owner }));
  const predicted = new Map<string, number | undefined>();
  for (const id of jobs) predicted.set(id, await ahead(id));
  const published = await dispatchJobs(it.store, ["simulate"], 256);
  expect(published.map(({ id }) => predicted.get(id))).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  for (const { id } of published.slice(0, 3)) await it.claim(id);
  // Two owners have jobs in flight now, published or with workers; these wait behind the rest of the window.
  const later = await Promise.all(["ada", "new", "eve"].map((owner) => it.create({ owner })));
  expect(await Promise.all(later.map(ahead))).toEqual([7, 5, 6]);
});

test("a job that is not started is placed as if it were now; one that is claimed is at its worker", async () => {
  const first = await it.create();
  const pending = await it.create({ run: false });
  const urgent = await it.create({ run: false, priority: 1 });
  const last = await it.create();
  expect(await Promise.all([pending, urgent, last].map(ahead))).toEqual([2, 0, 1]);
  await it.claim(first);
  expect(await Promise.all([pending, urgent, last].map(ahead))).toEqual([1, 0, 0]);
  expect(await queuePosition(it.store, first)).toEqual({ ahead: 0, notBefore: 0, claimed: true });
  expect(await queuePosition(it.store, newJobId())).toBeUndefined();
});

test("statistics of a type: who runs and how far, how long the latest took, who waits", async () => {
  const running = await it.start();
  await it.claim(await it.create());
  await it.create();
  await dispatchJobs(it.store, ["simulate"], 256);
  await it.store.sql`update jobs set progress_fraction = 0.25 where id = ${running.job}`;
  await it.create({ type: "other" });
  const { now, held, running: jobs, waitingSince, completed } = await typeStatistics(it.store, "simulate");
  expect([held, completed]).toEqual([2, []]);
  expect(jobs).toHaveLength(2);
  expect(jobs).toContainEqual([expect.any(Number), 0.25]);
  expect(jobs).toContainEqual([null, null]);
  expect(now - (waitingSince ?? 0)).toBeLessThan(60_000);
  expect(await typeStatistics(it.store, "none")).toMatchObject({ held: 0, running: [], waitingSince: null });
});

test("counting walks over ranges of the indices, whatever else there is", async () => {
  const { sql } = it.store;
  await it.create();
  await sql`
    insert into jobs (id, service, type, description, priority, parameters, execution_duration, max_attempts,
      creation_time, phase, queued_at)
    select gen_random_uuid(), service, type, description, n % 3, parameters, execution_duration, max_attempts,
      creation_time, phase, queued_at + n * interval '1 millisecond' from jobs, generate_series(1, 30000) as n`;
  await sql`vacuum analyze jobs`;
  const [last] = await sql<{ id: string }[]>`select id from jobs order by priority, queued_at desc limit 1`;
  // 20,000 of higher priority and 10,000 of the same: each is counted up to 10,000.
  expect(await ahead(last?.id ?? "")).toBe(20_000);
  const plan = await planOf((explain) => queuePosition(explain, last?.id ?? ""));
  expect(plan).not.toContain("Seq Scan");
  expect(plan).toMatch(/using jobs_to_dispatch /);
  expect(plan).toMatch(/using jobs_to_dispatch_of_owner /);
  expect(plan).toMatch(/(using|on) jobs_dispatched/);
  const statistics = await planOf((explain) => typeStatistics(explain, "simulate"));
  expect(statistics).not.toContain("Seq Scan");
  if (process.env.UWS_TEST_LOG !== undefined) console.log(`${plan}\n\n${statistics}`);
});

/** What PostgreSQL does for a query. */
async function planOf(query: (store: StoreFixture["store"]) => Promise<unknown>): Promise<string> {
  const { sql } = it.store;
  let plan = "";
  const explaining = new Proxy(sql, {
    apply(target, self, [strings, ...values]: [TemplateStringsArray, ...unknown[]]) {
      // A fragment stays what it is; the statement is the one that begins with select, or with recursive.
      if (!/^\s*(select|with recursive)/.test(strings[0] ?? ""))
        return Reflect.apply(target, self, [strings, ...values]);
      const explained = Object.assign([`explain (analyze, costs off) ${strings[0]}`, ...strings.slice(1)], {
        raw: strings.raw,
      });
      return Reflect.apply(target, self, [explained, ...values]).then((rows: { "QUERY PLAN": string }[]) => {
        plan = rows.map((row) => row["QUERY PLAN"]).join("\n");
        return [];
      });
    },
  });
  await query({ ...it.store, sql: explaining });
  return plan;
}
