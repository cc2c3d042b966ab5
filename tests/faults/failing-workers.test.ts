import { afterAll, beforeAll, expect, test } from "bun:test";
import { until } from "@uws/testing";
import { type Site, startSite } from "../support/site.ts";

let site: Site;
beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.stop());

async function shown(url: string): Promise<{ phase: string; attempt: number; attempts: { outcome: string }[] }> {
  const answer = await fetch(url, { headers: { accept: "application/json" } });
  return (await answer.json()) as { phase: string; attempt: number; attempts: { outcome: string }[] };
}

test("a frozen worker makes its job UNKNOWN, and EXECUTING again when it thaws; no attempt is spent", async () => {
  const worker = site.worker("simulate");
  const job = await site.client("simulate").create({ DURATION: 4, STEPS: 40 }, { run: true });
  await until(async () => ((await job.get()).progress?.fraction ?? 0) > 0.1, "progress");
  worker.kill("SIGSTOP");
  await until(async () => (await job.get()).phase === "UNKNOWN", "UNKNOWN");
  worker.kill("SIGCONT");
  await until(async () => (await job.get()).phase === "EXECUTING", "EXECUTING again");
  expect((await job.wait()).phase).toBe("COMPLETED");
  expect((await shown(job.url)).attempts.map(({ outcome }) => outcome)).toEqual(["completed"]);
  worker.kill("SIGKILL");
});

test("a job that kills every worker ends in ERROR, transient, with its attempts in the record", async () => {
  for (let workers = 0; workers < 3; workers += 1) site.worker("simulate", { UWS_SLOTS: "1" });
  const job = await site.client("simulate").create({ DURATION: 0.1, OUTCOME: "crash" }, { run: true });
  const ended = await job.wait();
  expect(ended).toMatchObject({ phase: "ERROR", errorSummary: { type: "transient" } });
  expect(await job.error()).toContain("lost");
  const { attempt, attempts } = await shown(job.url);
  expect(attempt).toBe(3);
  expect(attempts.map(({ outcome }) => outcome)).toEqual(["lost", "lost", "lost"]);
});

test("a job whose own process crashes ends in ERROR with exit status and stderr; its worker lives on", async () => {
  const worker = site.worker("simulate", { UWS_SLOTS: "1", UWS_PROCESS_PER_JOB: "1" });
  const client = site.client("simulate");
  const job = await client.create({ DURATION: 0, OUTCOME: "exit" }, { run: true });
  const message = "the job's process ended with exit status 3";
  expect(await job.wait()).toMatchObject({ phase: "ERROR", errorSummary: { type: "fatal", message } });
  const error = await job.error();
  expect(error).toContain("exit status 3; the end of stderr:");
  expect(error).toContain("ends its process with exit status 3, as it was told");

  const killed = await client.create({ DURATION: 0, OUTCOME: "crash" }, { run: true });
  expect(await killed.wait()).toMatchObject({ phase: "ERROR", errorSummary: { type: "transient" } });
  expect(await killed.error()).toContain("killed by SIGKILL (out of memory?)");

  const deaf = await client.create({ DURATION: 0, OUTCOME: "hang" }, { run: true, executionDuration: 1 });
  expect((await deaf.wait()).phase).toBe("ABORTED");
  const next = await client.create({ DURATION: 0, RESULTS: 2, RESULT_BYTES: 1_000_000 }, { run: true });
  expect(await next.wait()).toMatchObject({ phase: "COMPLETED", results: [{}, {}, {}] });
  expect((await shown(next.url)).attempts.map(({ outcome }) => outcome)).toEqual(["completed"]);
  worker.kill("SIGKILL");
});

test("a job that hangs, deaf to its cancellation, is aborted when its execution duration is over", async () => {
  const worker = site.worker("simulate", { UWS_SLOTS: "1" });
  const client = site.client("simulate");
  const job = await client.create({ DURATION: 0, OUTCOME: "hang" }, { run: true, executionDuration: 1 });
  expect((await job.wait()).phase).toBe("ABORTED");
  // Its slot is free again after the grace that a cancelled job has.
  const next = await client.create({ DURATION: 0 }, { run: true });
  expect((await next.wait()).phase).toBe("COMPLETED");
  worker.kill("SIGKILL");
});
