import { expect, test } from "bun:test";
import { ServerCredentials } from "@grpc/grpc-js";
import type { Assign, Welcome } from "@uws/protocol";
import { TestAuthority } from "../testing/certificates.ts";
import { Mailbox } from "../testing/mailbox.ts";
import { ended, isRunning } from "../testing/running.ts";
import type { ScriptedStream } from "../testing/scripted-server.ts";
import { startServer, startTestWorker } from "../testing/start.ts";
import type { WorkerOptions } from "../worker.ts";
import { type ProcessPerJobOptions, processPerJob } from "./process-per-job.ts";

const token = "token-1";
const authority = new TestAuthority();
const module = new URL("../testing/process-handlers.ts", import.meta.url);

/** A worker whose jobs run in processes, and a server that acknowledges everything. */
async function start(
  name: string,
  options: Partial<WorkerOptions> = {},
  process: ProcessPerJobOptions = {},
  welcome: Welcome = {},
) {
  const server = await startServer();
  const logged = new Mailbox<string>("a line of the worker's log");
  const write = (level: string) => (message: string) => logged.put(`${level} ${message}`);
  const worker = await startTestWorker(server, async () => {}, {
    jobs: { test: processPerJob(module, { export: name, ...process }) },
    logger: { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") },
    ...options,
  });
  const stream = await server.welcomed(welcome);
  stream.acknowledgeEverything();
  const run = (assign: Assign = {}) => stream.run({ attemptToken: token, ...assign });
  return { server, worker, stream, run, logged };
}

/** The numbers that a handler reports with its first progress. */
async function counters(stream: ScriptedStream): Promise<Record<string, number>> {
  const event = await stream.take("event", ({ progress }) => progress !== null && progress !== undefined);
  return event.progress?.counters ?? {};
}

test("a handler in its own process sees and says what another one does", async () => {
  const { server, stream, run, logged } = await start("everything");
  server.files.set("TABLE", Buffer.from("a,b\n".repeat(1_000)));
  await run({
    jobId: "job-1",
    runId: "run",
    owner: "me",
    attempt: 2,
    timeAllowedMs: 60_000,
    checkpoint: Buffer.from("state"),
    traceContext: { traceparent: "00-1-2-01" },
    parameters: [
      { name: "ra", value: "1.5" },
      { name: "DEC", value: "2" },
      { name: "dec", value: "3" },
      { name: "TABLE", uploaded: { filename: "t.csv", mediaType: "text/csv", size: 4_000 } },
    ],
  });
  const { lastSequence } = await stream.take("complete");
  const events = stream.takeAll("event");
  expect(events.map(({ sequence }) => sequence)).toEqual(Array.from(events, (_, index) => index + 1));
  expect(lastSequence).toBe(events.length);
  expect(events.flatMap(({ log }) => log ?? [])).toEqual([{ level: "INFO", message: "begun" }]);
  expect(events.flatMap(({ progress }) => progress ?? [])).toEqual([
    { fraction: 0.5, message: "half", counters: { rows: 7 } },
  ]);
  expect(events.flatMap(({ checkpoint }) => checkpoint?.state.toString() ?? [])).toEqual(["halfway"]);
  const results = events.flatMap(({ result }) => result ?? []);
  expect(results).toMatchObject([
    { id: "small", mediaType: "text/plain", inline: Buffer.from("42") },
    { id: "elsewhere", reference: "https://example.org/r", size: 9 },
  ]);
  const seen = await server.uploads.take(({ id }) => id === "seen");
  expect(JSON.parse(seen.data.toString())).toEqual({
    jobId: "job-1",
    jobType: "test",
    jobTypeVersion: "1.0.0",
    attempt: 2,
    runId: "run",
    owner: "me",
    traceContext: { traceparent: "00-1-2-01" },
    deadline: true,
    checkpoint: "state",
    parameters: { ra: "1.5", dec: ["2", "3"] },
    file: { filename: "t.csv", size: 4_000, text: "a,b\n".repeat(1_000) },
  });
  expect(await server.uploads.take(({ id }) => id === "large")).toMatchObject({ data: Buffer.alloc(300_000, "x") });
  expect((await server.uploads.take(({ id }) => id === "made")).data.toString()).toEndWith("piece 9999\n");
  expect(await server.uploads.take(({ id }) => id === "file")).toMatchObject({ data: Buffer.from("from a file") });
  expect(await logged.take((line) => line.includes("on stdout"))).toBe("info job job-1: on stdout");
  expect(await logged.take((line) => line.includes("on stderr"))).toBe("warn job job-1: on stderr");
});

test.each([
  ["fails", { kind: "TRANSIENT", message: "closed", detail: "for the night", retryable: true, retryDelayMs: 7 }],
  [
    "throws",
    { kind: "FATAL", message: "a mistake", detail: expect.stringContaining("process-handlers.ts"), retryable: false },
  ],
  ["unknown", { kind: "FATAL", message: expect.stringContaining("has no function unknown") }],
])("what a handler throws fails the job in its own words: %s", async (name, failure) => {
  const { stream, run } = await start(name);
  await run();
  expect(await stream.take("fail")).toMatchObject(failure);
});

test("a handler gives its job back with a checkpoint", async () => {
  const { stream, run } = await start("releases");
  await run();
  expect(await stream.take("release")).toMatchObject({ reason: "later", checkpoint: Buffer.from("state") });
});

test("a process that exits fails its job with the status and the end of stderr, and the worker goes on", async () => {
  const { stream, run } = await start("exits");
  await run({ parameters: [{ name: "STATUS", value: "3" }] });
  const fail = await stream.take("fail");
  expect(fail).toMatchObject({
    kind: "FATAL",
    retryable: false,
    message: "the job's process ended with exit status 3",
  });
  expect(fail.detail).toStartWith("exit status 3; the end of stderr:\n");
  expect(fail.detail).toEndWith("line 1999 of what went wrong: äöü\n");
  expect(fail.detail).not.toContain("\ufffd");
  expect(Buffer.byteLength(fail.detail)).toBeWithin(8 * 1024 - 3, 8 * 1024 + 60);
  stream.ended(token);
  await stream.run({ attemptToken: "token-2", parameters: [{ name: "STATUS", value: "0" }] });
  expect(await stream.take("fail")).toMatchObject({
    attemptToken: "token-2",
    message: "the job's process ended with exit status 0, before its handler had returned",
  });
});

test("an exception that nobody catches fails the job, and stderr tells where", async () => {
  const { stream, run } = await start("crashes", {}, { retryCrashes: true });
  await run();
  const fail = await stream.take("fail");
  expect(fail).toMatchObject({ kind: "FATAL", retryable: true, message: expect.stringContaining("exit status") });
  expect(fail.detail).toContain("nobody caught this");
});

test("a SIGKILL that was not ours is taken for a lack of memory", async () => {
  const { stream, run } = await start("killed");
  await run();
  expect(await stream.take("fail")).toMatchObject({
    kind: "TRANSIENT",
    retryable: false,
    message: "the job's process was killed by SIGKILL (out of memory?)",
    detail: "killed by SIGKILL; nothing on stderr",
  });
});

test("when memory is short, the kernel takes the job before the worker", async () => {
  const { stream, run } = await start("busy");
  await run();
  const { pid } = await counters(stream);
  const chance = async (process: number | string | undefined) =>
    Number(await Bun.file(`/proc/${process}/oom_score_adj`).text());
  expect(await chance(pid)).toBeGreaterThan(await chance("self"));
});

test.each(["ABORTED", "TIMED_OUT", "DESTROYED"] as const)(
  "a handler deaf to its cancellation (%s) is killed with what it started, and only then its slot is free",
  async (reason) => {
    const { stream, run } = await start("busy");
    await run();
    const { pid, sleeper } = await counters(stream);
    expect([await isRunning(pid), await isRunning(sleeper)]).toEqual([true, true]);
    stream.send({ cancel: { attemptToken: token, reason, graceMs: 20 } });
    await stream.take("cancelled");
    expect([await isRunning(pid), await isRunning(sleeper)]).toEqual([false, false]);
  },
);

test("a handler that never lets go of its thread is seen to make progress", async () => {
  const { stream, run } = await start("reportsBusily");
  await run();
  const { step = 0 } = await counters(stream);
  expect((await counters(stream)).step).toBeGreaterThan(step);
});

test("a handler that listens to its cancellation may tidy up", async () => {
  const { stream, run } = await start("obedient");
  await run();
  await counters(stream);
  stream.send({ cancel: { attemptToken: token, reason: "ABORTED", graceMs: 60_000 } });
  await stream.take("event", ({ log }) => log?.message === "told: aborted");
  await stream.take("cancelled");
});

test("a fenced job's process is told, and the next job waits for its end", async () => {
  const { stream, run, worker } = await start("busy", { slots: 1 });
  await run();
  const { pid } = await counters(stream);
  stream.send({ fenced: { attemptToken: token } });
  await stream.run({ attemptToken: "token-2" });
  const second = await counters(stream);
  expect(await isRunning(pid)).toBe(false);
  await worker.stop();
  expect([await isRunning(second.pid), await isRunning(second.sleeper)]).toEqual([false, false]);
});

test("a process whose job's lease is lost while the server is away is killed", async () => {
  const { server, stream, run } = await start("busy", {}, {}, { leaseMs: 200, heartbeatMs: 50 });
  await run();
  const { pid, sleeper } = await counters(stream);
  server.kill();
  await ended(pid, sleeper);
});

test("large results go to the gateway over TLS, with the worker's token, as those of any handler", async () => {
  const { cert, key } = authority.issue("gateway");
  const pair = { cert_chain: Buffer.from(cert), private_key: Buffer.from(key) };
  const server = await startServer(ServerCredentials.createSsl(Buffer.from(authority.cert), [pair], true));
  const own = authority.issue("worker");
  await startTestWorker(server, async () => {}, {
    jobs: { test: processPerJob(module, { export: "everything" }) },
    token: "secret",
    tls: { ca: authority.cert, cert: own.cert, key: own.key },
  });
  const stream = await server.welcomed();
  stream.acknowledgeEverything();
  await stream.run({ attemptToken: token });
  await stream.take("complete");
  expect(await server.uploads.take(({ id }) => id === "large")).toMatchObject({ authorization: "Bearer secret" });
});

test("a worker that stops gives a job back when its process is gone", async () => {
  const { stream, run, worker } = await start("busy", { slots: 1 });
  await run();
  const { pid, sleeper } = await counters(stream);
  const stopped = worker.stop();
  expect((await stream.take("release")).reason).toBe("the worker was stopped");
  expect([await isRunning(pid), await isRunning(sleeper)]).toEqual([false, false]);
  stream.ended(token);
  await stopped;
});

test("a draining worker lets a process finish; after its time the process gives the job back", async () => {
  const { stream, run, worker } = await start("obedient", { drainTimeoutMs: 1 });
  await run();
  await counters(stream);
  void worker.drain();
  expect(await stream.take("release")).toMatchObject({ reason: "told to", checkpoint: Buffer.from("tidy") });
});

test("the last progress is not lost, however soon the handler returns", async () => {
  const { stream, run } = await start("hurries");
  await run();
  await stream.take("complete");
  expect(stream.takeAll("event").at(-1)?.progress).toMatchObject({ fraction: 1, message: "done" });
});

test("a process that does not end after its handler is ended", async () => {
  const { stream, run } = await start("lingers");
  await run();
  const { pid } = await counters(stream);
  await stream.take("complete");
  expect(await isRunning(pid)).toBe(false);
});

test("a completed job leaves nothing behind that still runs", async () => {
  const { stream, run } = await start("leavesSomethingBehind");
  await run();
  const { pid, sleeper } = await counters(stream);
  await stream.take("complete");
  expect([await isRunning(pid), await isRunning(sleeper)]).toEqual([false, false]);
});

test("what leaves the group of a job escapes, and keeps the job from nothing", async () => {
  const { stream, run } = await start("escapes");
  await run();
  const { pid, sleeper = 0 } = await counters(stream);
  try {
    await stream.take("complete");
    expect([await isRunning(pid), await isRunning(sleeper)]).toEqual([false, true]);
  } finally {
    process.kill(sleeper, "SIGKILL");
  }
});
