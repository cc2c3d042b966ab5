import { afterAll, beforeAll, expect, test } from "bun:test";
import { abortJob } from "./commands/abort-job.ts";
import { archiveJob } from "./commands/archive-job.ts";
import { completeAttempts } from "./commands/complete-attempts.ts";
import { dispatchJobs } from "./commands/dispatch-jobs.ts";
import { failAttempts } from "./commands/fail-attempts.ts";
import { pauseType } from "./commands/pause-type.ts";
import { serviceStatistics } from "./queries/service-statistics.ts";
import { type StoreFixture, storeFixture } from "./testing.ts";

let fixture: StoreFixture;
beforeAll(async () => {
  fixture = await storeFixture();
});
afterAll(() => fixture.close());

const failure = { type: "fatal", message: "m", detail: "", retryable: false, retryDelay: 0 } as const;
const none = { completed: 0, failed: 0, aborted: 0 };

/** A completed job that ended so long ago, and took and waited so many seconds. */
async function completed(type: string, hoursAgo: number, duration: number, wait: number): Promise<string> {
  const attempt = await fixture.start({ type });
  await completeAttempts(fixture.store, [attempt]);
  await fixture.store.sql`
    update jobs set end_time = at, start_time = at - make_interval(secs => ${duration}),
      queued_at = at - make_interval(secs => ${duration + wait})
    from (select uws_now() - make_interval(secs => ${hoursAgo * 3600}) as at) as ended where id = ${attempt.job}`;
  return attempt.job;
}

test("jobs that wait, run and are held are counted, of each type and of this service only", async () => {
  const [type, other] = ["counted", "other"];
  await fixture.create({ type });
  await fixture.create({ type });
  await dispatchJobs(fixture.store, [type], 10);
  await fixture.create({ type });
  await fixture.start({ type });
  await fixture.claim(await fixture.create({ type }));
  await fixture.create({ type, run: false });
  await fixture.create({ type, service: "elsewhere" });
  const quota = { active: 0, over: "hold" } as const;
  await fixture.create({ type, quota });
  await fixture.start({ type: other });
  await pauseType(fixture.store, other, true);
  const rest = { lastHour: none, lastDay: none, duration: null, wait: null };
  expect(await serviceStatistics(fixture.store, "simulate", [type, other, "never"])).toEqual([
    { type, paused: false, queued: 3, running: 2, held: 1, ...rest },
    { type: other, paused: true, queued: 0, running: 1, held: 0, ...rest },
    { type: "never", paused: false, queued: 0, running: 0, held: 0, ...rest },
  ]);
});

test("ends are counted by how and when; what is archived or older counts no more", async () => {
  const type = "ended";
  await completed(type, 0, 1, 0);
  await completed(type, 2, 1, 0);
  await completed(type, 25, 1, 0);
  await archiveJob(fixture.store, await completed(type, 0, 1, 0), null);
  await failAttempts(fixture.store, [{ ...(await fixture.start({ type })), ...failure }]);
  await abortJob(fixture.store, await fixture.create({ type }));
  await abortJob(fixture.store, await fixture.create({ type, service: "elsewhere" }));
  const [row] = await serviceStatistics(fixture.store, "simulate", [type]);
  expect(row).toMatchObject({
    lastHour: { completed: 1, failed: 1, aborted: 1 },
    lastDay: { completed: 2, failed: 1, aborted: 1 },
  });
});

test("the median and the ninth tenth of durations and waits are measured", async () => {
  const type = "measured";
  for (let index = 0; index <= 10; index += 1) await completed(type, 1, index, 100 - index * 10);
  const [row] = await serviceStatistics(fixture.store, "simulate", [type]);
  expect(row?.duration).toEqual({ median: 5, p90: 9 });
  expect(row?.wait).toEqual({ median: 50, p90: 90 });
});

test("each part reads its index, and nothing else of the table", async () => {
  const { sql } = fixture.store;
  await sql`
    insert into jobs (id, service, type, description, phase, creation_time, end_time, execution_duration, parameters, max_attempts)
    select gen_random_uuid(), 'simulate', 'crowd', 'digest', 'COMPLETED', uws_now(), uws_now() - interval '2 days', 0, '[]', 3
    from generate_series(1, 5000)`;
  const looked = async () => {
    await sql`select pg_stat_force_next_flush()`;
    const [row] = await sql<[{ count: number }]>`
      select ((select sum(idx_tup_read) from pg_stat_user_indexes where relname = 'jobs')
        + (select seq_tup_read from pg_stat_user_tables where relname = 'jobs'))::float8 as count`;
    return row.count;
  };
  await serviceStatistics(fixture.store, "simulate", ["crowd"]);
  // The other connections of the pool tell what they have read when they like.
  const before = await looked();
  await serviceStatistics(fixture.store, "simulate", ["crowd"]);
  expect((await looked()) - before).toBeLessThan(500);
});
