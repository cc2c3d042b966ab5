import { afterAll, beforeAll, expect, test } from "bun:test";
import type { JobHandle } from "@uws/client";
import { type Site, startSite } from "../support/site.ts";

let site: Site;
beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.stop());

// shows: queue-order
test("jobs that wait longer than messages are thought to be lost start in the order in which they came", async () => {
  const client = site.client("simulate");
  const create = () => client.create({ DURATION: 0.2, STEPS: 1, RESULTS: 0 }, { run: true });
  const jobs: JobHandle[] = [];
  for (let index = 0; index < 12; index += 1) jobs.push(await create());
  site.worker("simulate", { UWS_SLOTS: "1" });
  // These come while the first wait, which are rung again once a second.
  await jobs[2]?.wait();
  for (let index = 0; index < 12; index += 1) jobs.push(await create());
  const started = await Promise.all(jobs.map(async (job) => [(await job.wait()).startTime?.getTime() ?? 0, job.url]));
  expect(started.toSorted(([a], [b]) => Number(a) - Number(b)).map(([, url]) => url)).toEqual(
    jobs.map(({ url }) => url),
  );
}, 60_000);
