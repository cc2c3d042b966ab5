import { afterAll, beforeAll, expect, test } from "bun:test";
import type { JobHandle } from "@uws/client";
import { type Phase, phases } from "@uws/core";
import { until } from "@uws/testing";
import { type Site, startSite } from "../support/site.ts";

let site: Site;
beforeAll(async () => {
  site = await startSite({
    services: (configured) => configured.map((service) => ({ ...service, quota: { active: 2, over: "hold" } })),
  });
});
afterAll(() => site.stop());

const seen = new Set<string>();

async function phaseOf(job: JobHandle): Promise<string> {
  const phase = await (await fetch(`${job.url}/phase`)).text();
  seen.add(phase);
  return phase;
}

const becomes = (job: JobHandle, phase: Phase) => until(async () => (await phaseOf(job)) === phase, phase);

async function tell(job: JobHandle, phase: "RUN" | "ABORT" | "ARCHIVE"): Promise<string> {
  const answer = await fetch(`${job.url}/phase`, { method: "POST", body: new URLSearchParams({ PHASE: phase }) });
  expect([answer.status, answer.url]).toEqual([200, job.url]);
  return await phaseOf(job);
}

const progressOf = async (job: JobHandle) => (await job.get()).progress?.fraction ?? 0;

// shows: phase-held, phase-suspended, phase-unknown
test("a job goes through PENDING, HELD, QUEUED, EXECUTING, SUSPENDED, UNKNOWN, COMPLETED and ARCHIVED", async () => {
  const client = site.client("simulate");
  const [first, second] = [await client.create({}, { run: true }), await client.create({ OUTCOME: "fatal" })];
  const job = await client.create({ DURATION: 5, STEPS: 50 });
  expect([await phaseOf(first), await tell(second, "RUN")]).toEqual(["QUEUED", "QUEUED"]);

  // Two wait already, as many as are allowed. To be told again does not help, room does.
  expect(await phaseOf(job)).toBe("PENDING");
  expect(await tell(job, "RUN")).toBe("HELD");
  expect(await tell(job, "RUN")).toBe("HELD");
  expect(await tell(first, "ABORT")).toBe("ABORTED");
  expect(await phaseOf(job)).toBe("HELD");
  expect(await tell(job, "RUN")).toBe("QUEUED");

  const worker = site.worker("simulate");
  await becomes(job, "EXECUTING");
  await becomes(second, "ERROR");
  await until(async () => (await progressOf(job)) > 0.1, "progress");

  // The worker is told to stop at once, by a second signal, and gives the job back.
  const given = () => worker.kill("SIGTERM") && phaseOf(job).then((phase) => phase === "SUSPENDED");
  await until(given, "SUSPENDED");
  const before = await progressOf(job);
  const next = site.worker("simulate");
  await becomes(job, "EXECUTING");
  expect(await progressOf(job)).toBeGreaterThanOrEqual(before);

  await until(async () => (await progressOf(job)) > before, "progress of the next worker");
  next.kill("SIGSTOP");
  await becomes(job, "UNKNOWN");
  next.kill("SIGCONT");
  await becomes(job, "EXECUTING");

  await becomes(job, "COMPLETED");
  expect((await job.get()).results.length).toBeGreaterThan(0);
  expect(await tell(job, "ARCHIVE")).toBe("ARCHIVED");
  expect((await job.get()).results).toEqual([]);
  expect([...seen].sort()).toEqual([...phases].sort());
});
