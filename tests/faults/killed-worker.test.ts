import { afterAll, beforeAll, expect, test } from "bun:test";
import { until } from "@uws/testing";
import { type Site, startSite } from "../support/site.ts";

let site: Site;
beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.stop());

test("kill -9 of the worker in the middle of a job: it runs again on another worker and completes, once", async () => {
  const first = site.worker("simulate");
  const job = await site.client("simulate").create({ DURATION: 20, STEPS: 40 }, { run: true });
  await until(async () => ((await job.get()).progress?.fraction ?? 0) > 0.05, "progress of the first attempt");

  // The other worker is there already when the first one dies, and makes short work of it.
  const second = site.worker("simulate");
  await until(() => second.pid !== undefined, "the second worker");
  first.kill("SIGKILL");

  const phases: string[] = [];
  const ended = await job.wait({
    onChange: ({ phase }) => {
      if (phases.at(-1) !== phase) phases.push(phase);
    },
  });
  expect(ended.phase).toBe("COMPLETED");
  const answer = await fetch(job.url, { headers: { accept: "application/json" } });
  const shown = (await answer.json()) as { attempt: number; attempts: { outcome: string }[] };
  expect(shown.attempt).toBe(2);
  expect(shown.attempts.map(({ outcome }) => outcome)).toEqual(["lost", "completed"]);
  expect(new Set(ended.results.map(({ id }) => id)).size).toBe(ended.results.length);
});
