import { expect, test } from "bun:test";
import { join } from "node:path";
import type { WorkerOptions } from "@uws/worker";
import { startServer, startTestWorker } from "@uws/worker/testing";
import { simulate } from "./index.ts";

const token = "token-1";

/** A simulated job, run against a server that acknowledges everything. */
async function run(parameters: Record<string, string>, options: Partial<WorkerOptions> = {}) {
  const server = await startServer();
  const worker = await startTestWorker(server, simulate, options);
  const stream = await server.welcomed();
  stream.acknowledgeEverything();
  const given = Object.entries(parameters).map(([name, value]) => ({ name, value }));
  const assign = (attempt = 1, checkpoint?: Uint8Array) =>
    stream.run({ attemptToken: token, jobId: "job-1", attempt, parameters: given, ...(checkpoint && { checkpoint }) });
  return { server, worker, stream, assign };
}

test("told nothing to do, it completes without a word", async () => {
  const { stream, assign } = await run({ DURATION: "0", STEPS: "0", RESULTS: "0" });
  await assign();
  expect(await stream.take("complete")).toEqual({ attemptToken: token, lastSequence: 0 });
});

test("it takes its time, reports progress, and leaves results on the way", async () => {
  const { stream, assign } = await run({
    duration: "0.25",
    steps: "2",
    results: "2",
    result_bytes: "100",
    color: "red",
  });
  const begun = performance.now();
  await assign();
  await stream.take("complete");
  expect(performance.now() - begun).toBeGreaterThanOrEqual(240);
  const events = stream.untaken("event");
  expect(events.flatMap(({ progress, result }) => result?.id ?? progress?.fraction ?? [])).toEqual([
    0.5,
    "result-1",
    1,
    "result-2",
    "echo",
  ]);
  expect(events[1]?.result?.inline).toHaveLength(100);
  const echo = JSON.parse(events.at(-1)?.result?.inline?.toString() ?? "");
  expect(echo).toMatchObject({ jobId: "job-1", attempt: 1 });
  expect(echo.parameters).toContainEqual({ name: "color", value: "red" });
});

test("it writes so many log lines in each step, which say where they belong", async () => {
  const { stream, assign } = await run({ DURATION: "0", STEPS: "2", RESULTS: "0", LOGS: "2" });
  await assign();
  await stream.take("complete");
  expect(stream.takeAll("event").flatMap(({ log }) => log?.message ?? [])).toEqual([
    "attempt 1, step 1, line 1 of 2",
    "attempt 1, step 1, line 2 of 2",
    "attempt 1, step 2, line 1 of 2",
    "attempt 1, step 2, line 2 of 2",
  ]);
});

test("a large result has exactly the bytes that were asked for", async () => {
  const { server, stream, assign } = await run({ DURATION: "0", STEPS: "0", RESULT_BYTES: "1000001" });
  await assign();
  expect((await server.uploads.take()).data).toHaveLength(1_000_001);
  await stream.take("complete");
});

test.each([
  ["error", { kind: "TRANSIENT", retryable: false }],
  ["retry", { kind: "TRANSIENT", retryable: true }],
  ["fatal", { kind: "FATAL", retryable: false, detail: expect.stringContaining("job-1") }],
])("OUTCOME=%s fails", async (outcome, failure) => {
  const { stream, assign } = await run({ DURATION: "0", OUTCOME: outcome });
  await assign();
  expect(await stream.take("fail")).toMatchObject(failure);
});

test.each([
  [{ OUTCOME: "sing" }, "OUTCOME is one of"],
  [{ DURATION: "-1" }, "DURATION"],
  [{ STEPS: "1.5" }, "STEPS"],
  [{ RESULTS: "" }, "RESULTS"],
  [{ LOGS: "some" }, "LOGS"],
])("parameters that make no sense fail the job: %p", async (parameters, message) => {
  const { stream, assign } = await run(parameters);
  await assign();
  expect(await stream.take("fail")).toMatchObject({ kind: "FATAL", message: expect.stringContaining(message) });
});

test("an abort ends the wait at once", async () => {
  const { stream, assign } = await run({ DURATION: "3600" });
  await assign();
  stream.send({ cancel: { attemptToken: token, reason: "ABORTED", graceMs: 60_000 } });
  await stream.take("cancelled");
});

test("a hanging job is deaf to its abort, and is abandoned after the grace", async () => {
  const { stream, assign } = await run({ DURATION: "0", STEPS: "4", OUTCOME: "hang" });
  await assign();
  await stream.take("event", ({ progress }) => progress?.fraction === 0.5);
  stream.send({ cancel: { attemptToken: token, reason: "TIMED_OUT", graceMs: 20 } });
  await stream.take("cancelled");
});

test("a released job goes on from its checkpoint", async () => {
  const { stream, assign } = await run({ DURATION: "0", STEPS: "4", RESULTS: "4", OUTCOME: "release" });
  await assign();
  const { checkpoint } = await stream.take("release");
  stream.ended(token);
  const before = stream.takeAll("event").flatMap(({ result }) => result?.id ?? []);
  await assign(1, checkpoint);
  await stream.take("complete");
  const after = stream.takeAll("event").flatMap(({ result }) => result?.id ?? []);
  expect([before, after]).toEqual([
    ["result-1", "result-2"],
    ["result-3", "result-4", "echo"],
  ]);
});

test("a draining worker gives its job back with the steps that are done", async () => {
  const { worker, stream, assign } = await run({ DURATION: "3600" }, { drainTimeoutMs: 1 });
  await assign();
  void worker.drain();
  expect(await stream.take("release")).toMatchObject({ checkpoint: Buffer.from("0") });
});

test("the outcome holds for the faulty attempts only", async () => {
  const { stream, assign } = await run({ DURATION: "0", OUTCOME: "error", FAULTY_ATTEMPTS: "1" });
  await assign(2);
  await stream.take("complete");
});

async function spawnWorker(address: string, environment: Record<string, string> = {}) {
  const worker = Bun.spawn([process.execPath, join(import.meta.dirname, "main.ts")], {
    env: { ...process.env, UWS_GATEWAY: address, UWS_SLOTS: "2", ...environment },
    stderr: "ignore",
  });
  return worker;
}

test("OUTCOME=crash kills the worker's process in the middle", async () => {
  const server = await startServer();
  const worker = await spawnWorker(server.address);
  const stream = await server.stream();
  expect(await stream.take("hello")).toMatchObject({ workerName: "simulate", jobTypes: ["simulate"] });
  stream.welcome();
  expect((await stream.take("credit")).totalSlots).toBe(2);
  const parameters = [
    { name: "DURATION", value: "0" },
    { name: "OUTCOME", value: "crash" },
    { name: "RESULTS", value: "0" },
  ];
  await stream.run({ attemptToken: token, jobType: "simulate", parameters });
  await worker.exited;
  expect(worker.signalCode).toBe("SIGKILL");
  await stream.gone;
});

test("OUTCOME=exit and OUTCOME=crash end the job's process, where it has one, and the worker goes on", async () => {
  const server = await startServer();
  const worker = await spawnWorker(server.address, { UWS_PROCESS_PER_JOB: "1" });
  const stream = await server.welcomed();
  const parameters = (outcome: string) => [
    { name: "DURATION", value: "0" },
    { name: "OUTCOME", value: outcome },
    { name: "RESULTS", value: "0" },
  ];
  await stream.run({ attemptToken: token, jobId: "job-1", jobType: "simulate", parameters: parameters("exit") });
  expect(await stream.take("fail")).toMatchObject({
    message: "the job's process ended with exit status 3",
    detail: expect.stringContaining("job job-1 ends its process with exit status 3, as it was told\n"),
  });
  stream.ended(token);
  await stream.run({ attemptToken: "token-2", jobType: "simulate", parameters: parameters("crash") });
  expect(await stream.take("fail")).toMatchObject({ message: expect.stringContaining("SIGKILL") });
  stream.ended("token-2");
  worker.kill("SIGTERM");
  expect(await worker.exited).toBe(0);
});

test("SIGTERM lets the worker's process finish its job and exit", async () => {
  const server = await startServer();
  const worker = await spawnWorker(server.address);
  const stream = await server.welcomed();
  const parameters = [
    { name: "DURATION", value: "0.2" },
    { name: "RESULTS", value: "0" },
  ];
  await stream.run({ attemptToken: token, jobType: "simulate", parameters });
  worker.kill("SIGTERM");
  await stream.take("draining");
  await stream.take("complete");
  stream.ended(token);
  expect(await worker.exited).toBe(0);
});

test("a second SIGTERM gives the job back and exits at once", async () => {
  const server = await startServer();
  const worker = await spawnWorker(server.address);
  const stream = await server.welcomed();
  const parameters = [{ name: "DURATION", value: "3600" }];
  await stream.run({ attemptToken: token, jobType: "simulate", parameters });
  worker.kill("SIGTERM");
  await stream.take("draining");
  worker.kill("SIGTERM");
  await stream.take("release");
  stream.ended(token);
  expect(await worker.exited).toBe(1);
});
