import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningNats, startNats } from "@uws/embedded";
import { until } from "@uws/testing";
import postgres from "postgres";
import {
  change,
  createJobs,
  gather,
  LongPolls,
  openWaitingRoom,
  poolSize,
  quantiles,
  type WaitingApi,
  type WaitingRoom,
} from "../support/waiting-room.ts";

const clients = 5000;
/** An api that looks once in an hour only: its waiters are woken by news, or not as long as the test may take. */
const newsOnly = { UWS_WAIT_LOOK_MS: "3600000", UWS_WAIT_MS: "250000" };

let folder: string;
let nats: RunningNats;
let room: WaitingRoom;
let api: WaitingApi;
let other: WaitingApi;
let polls: LongPolls;
const changed = new Map<string, number>();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "uws-waiters-"));
  nats = await startNats({ dataDir: folder, ephemeral: true });
  room = await openWaitingRoom(nats.url);
  [api, other] = await Promise.all([room.api(newsOnly), room.api(newsOnly)]);
  polls = await LongPolls.open(api.url, clients);
});
afterAll(async () => {
  polls.close();
  await room.close();
  await nats.stop();
  await rm(folder, { recursive: true, force: true });
});

const all = (count: number, phase: string) => Array.from({ length: count }, () => phase);

// shows: wait-change
test("5,000 who wait for 300 jobs are woken by the news, those of another process as well", async () => {
  const jobs = await createJobs(api, 300);
  const elsewhere = await LongPolls.open(other.url, 600);
  const [here, there] = [
    await gather(api, polls, jobs, "PENDING", changed),
    await gather(other, elsewhere, jobs, "PENDING", changed),
  ];
  await change(api, jobs, "RUN", changed);
  const [ours, theirs] = [await here.woken(), await there.woken()];
  expect(ours.phases).toEqual(all(clients, "QUEUED"));
  expect(theirs.phases).toEqual(all(600, "QUEUED"));
  console.log(`5,000 waiters, 300 jobs: ${quantiles(ours.milliseconds)}`);
  console.log(`  600 waiters in another process: ${quantiles(theirs.milliseconds)}`);
  expect([await api.waiting(), await other.waiting()]).toEqual([0, 0]);
  elsewhere.close();
});

// shows: wait-change
test("5,000 who wait for one job are woken by the news", async () => {
  const jobs = await createJobs(api, 1);
  const crowd = await gather(api, polls, jobs, "PENDING", changed);
  // Changed elsewhere: the answer does not compete with the waking.
  await change(other, jobs, "RUN", changed);
  const { phases, milliseconds } = await crowd.woken();
  expect(phases).toEqual(all(clients, "QUEUED"));
  console.log(`5,000 waiters, one job: ${quantiles(milliseconds)}`);
});

// shows: wait-free
test("waiting costs no connection and no query of one's own; it ends without NATS, and when the client leaves", async () => {
  const looking = await room.api();
  const jobs = await createJobs(looking, 300);
  const waiters = await LongPolls.open(looking.url, clients);
  const crowd = await gather(looking, waiters, jobs, "PENDING", changed);

  const database = new URL(room.database.url).pathname.slice(1);
  // From another database, so that its own questions are not counted.
  const observer = postgres(new URL("/postgres", room.database.url).href, { max: 1 });
  try {
    const statements = async () => {
      const [row] = await observer<{ count: string }[]>`
        select xact_commit as count from pg_stat_database where datname = ${database}`;
      return Number(row?.count);
    };
    // They have been read when they began to wait; from then on PostgreSQL hears of the looks only, about one a second.
    let quiet = { count: await statements(), at: performance.now() };
    const rate = await until(async () => {
      const [count, at] = [(await statements()) - quiet.count, performance.now()];
      if (count > 20) quiet = { count: quiet.count + count, at };
      return count >= 3 && count <= 20 && at - quiet.at > 2500 && (1000 * count) / (at - quiet.at);
    }, "nothing but looks for some seconds");
    console.log(`5,000 waiters ask PostgreSQL ${rate.toFixed(1)} times a second`);
    const backends = await observer<{ state: string; query: string }[]>`
      select state, query from pg_stat_activity where datname = ${database} and application_name = 'uws-api'`;
    expect(backends.length).toBeLessThanOrEqual(3 * poolSize);
    expect(backends.filter(({ state, query }) => state !== "idle" && !/id = any\(/.test(query))).toEqual([]);
  } finally {
    await observer.end();
  }

  nats.kill("SIGKILL");
  await change(looking, jobs, "RUN", changed);
  const { phases, milliseconds } = await crowd.woken();
  expect(phases).toEqual(all(clients, "QUEUED"));
  console.log(`5,000 waiters, 300 jobs, no NATS: ${quantiles(milliseconds)}`);
  expect(Math.max(...milliseconds)).toBeLessThan(10_000);

  const leaving = await gather(looking, waiters, jobs, "QUEUED", changed);
  leaving.leave();
  await until(async () => (await looking.waiting()) === 0, "nobody waits any more");
});
