import { expect, test } from "bun:test";
import { status } from "@grpc/grpc-js";
import type { JobContext } from "./job.ts";
import { JobFailure } from "./job-failure.ts";
import { JobInterrupted } from "./job-interrupted.ts";
import { silentLogger, startServer, startTestWorker } from "./testing/start.ts";
import { startWorker } from "./worker.ts";

const token = "token-1";
const forever = () => new Promise<never>(() => {});
const aborted = ({ signal }: JobContext) =>
  new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));

test("a worker says who it is, gives credits, accepts a job, reports and completes it", async () => {
  const server = await startServer();
  const seen: unknown[] = [];
  const worker = await startTestWorker(
    server,
    async (job) => {
      seen.push(job.jobId, job.jobType, job.jobTypeVersion, job.attempt, job.runId, job.owner, job.traceContext);
      seen.push(job.parameters.get("ra"), job.parameters.all("DEC"), job.checkpoint, job.deadline !== undefined);
      job.log.info("begun");
      job.progress(0.5, "half", { rows: 7 });
      await job.result("answer", "42", "text/plain");
      await job.result("elsewhere", { reference: "https://example.org/r", size: 9 }, "text/csv");
    },
    { name: "unit", slots: 3, token: "secret", labels: { site: "here" }, descriptions: ["name: test"] },
  );
  const stream = await server.stream();
  expect(stream.authorization).toBe("Bearer secret");
  const hello = await stream.take("hello");
  expect(hello).toMatchObject({
    protocolVersion: 1,
    workerName: "unit",
    instanceId: worker.instanceId,
    jobTypes: ["test"],
    labels: { site: "here" },
    descriptions: ["name: test"],
    held: [],
  });
  expect(stream.untaken("credit")).toEqual([]);
  stream.welcome();
  expect((await stream.take("credit")).totalSlots).toBe(3);
  await worker.ready;

  await stream.run({
    attemptToken: token,
    jobId: "job-1",
    runId: "run",
    owner: "me",
    attempt: 2,
    timeAllowedMs: 60_000,
    checkpoint: Buffer.from("state"),
    traceContext: { traceparent: "00-1-2-01" },
    parameters: [
      { name: "RA", value: "1.5" },
      { name: "dec", value: "2" },
      { name: "Dec", value: "3" },
    ],
  });
  const events = await stream.eventsUntil((event) => event.result?.id === "answer");
  expect(events.map((event) => event.sequence)).toEqual([1, 2, 3]);
  expect(events[0]?.log).toEqual({ level: "INFO", message: "begun" });
  expect(events[1]?.progress).toEqual({ fraction: 0.5, message: "half", counters: { rows: 7 } });
  expect(events[2]?.result).toMatchObject({ mediaType: "text/plain", inline: Buffer.from("42") });
  expect(stream.untaken("event")).toEqual([]); // The handler awaits its result.
  stream.acknowledge(token, 3);
  expect((await stream.take("event")).result).toMatchObject({ reference: "https://example.org/r", size: 9 });
  stream.acknowledge(token, 4);
  expect(await stream.take("complete")).toEqual({ attemptToken: token, lastSequence: 4 });
  stream.ended(token);
  expect(seen).toEqual([
    "job-1",
    "test",
    "1.0.0",
    2,
    "run",
    "me",
    { traceparent: "00-1-2-01" },
    "1.5",
    ["2", "3"],
    Buffer.from("state"),
    true,
  ]);
});

test("a job without optional values has none, and needs no events", async () => {
  const server = await startServer();
  const seen: unknown[] = [];
  await startTestWorker(server, async (job) => {
    seen.push(job.runId, job.owner, job.checkpoint, job.deadline);
  });
  const stream = await server.welcomed();
  await stream.run({ attemptToken: token });
  expect(await stream.take("complete")).toEqual({ attemptToken: token, lastSequence: 0 });
  expect(seen).toEqual([undefined, undefined, undefined, undefined]);
});

test("progress is coalesced, never goes back, and leaves no gap in the sequence", async () => {
  const server = await startServer();
  await startTestWorker(server, async (job) => {
    for (let step = 1; step <= 1_000; step++) job.progress(step / 1_000, `step ${step}`);
    job.progress(0.2, "further back");
    job.log.info("last");
  });
  const stream = await server.welcomed();
  await stream.run({ attemptToken: token });
  const { lastSequence } = await stream.take("complete");
  const events = stream.untaken("event");
  expect(events.map((event) => event.sequence)).toEqual([1, 2, 3]);
  expect(events[0]?.progress?.message).toBe("step 1");
  expect(events[1]?.log?.message).toBe("last");
  expect(events[2]?.progress).toMatchObject({ fraction: 1, message: "further back" });
  expect(lastSequence).toBe(3);
});

test("what was not acknowledged is sent again on the next stream, and nothing else", async () => {
  const server = await startServer();
  const go = Promise.withResolvers<void>();
  await startTestWorker(server, async (job) => {
    for (const line of ["one", "two", "three"]) job.log.info(line);
    await go.promise;
  });
  const first = await server.welcomed();
  await first.run({ attemptToken: token });
  await first.eventsUntil((event) => event.sequence === 3);
  first.acknowledge(token, 1);
  // An answer to a later message proves that the acknowledgement was read: the worker ends a job that it does not hold.
  await first.run({ attemptToken: "other" });
  first.cut();

  const second = await server.stream();
  const hello = await second.take("hello");
  expect(hello.held.find((held) => held.attemptToken === token)).toEqual({
    attemptToken: token,
    acknowledgedSequence: 1,
  });
  // The server has more than it could say before the stream broke.
  second.welcome({ held: [{ attemptToken: token, valid: true, acknowledgedSequence: 2 }] });
  expect((await second.take("event")).sequence).toBe(3);
  go.resolve();
  expect((await second.take("complete")).lastSequence).toBe(3);
  expect(second.untaken("event")).toEqual([]);
});

test("an attempt goes on while the server is away, and tells everything when it is back", async () => {
  const server = await startServer();
  const away = Promise.withResolvers<void>();
  const worked = Promise.withResolvers<void>();
  const onInfo = (message: string) => message.startsWith("the stream to the gateway ended") && away.resolve();
  await startTestWorker(
    server,
    async (job) => {
      await away.promise;
      for (let step = 1; step <= 10; step++) job.progress(step / 10);
      job.log.warn("alone");
      job.saveCheckpoint(Buffer.from("a"));
      job.saveCheckpoint(Buffer.from("b"));
      worked.resolve();
    },
    { logger: { ...silentLogger, info: onInfo } },
  );
  const first = await server.welcomed();
  await first.run({ attemptToken: token });
  server.kill();
  await worked.promise;
  await server.start();
  const second = await server.stream();
  second.welcome({}, await second.take("hello"));
  expect(await second.take("complete")).toEqual({ attemptToken: token, lastSequence: 3 });
  const events = second.untaken("event").map(({ sequence, event }) => [sequence, event]);
  expect(events).toEqual([
    [1, "log"],
    [2, "checkpoint"],
    [3, "progress"],
  ]);
  await second.take("credit");
});

test("a fenced attempt is stopped and nothing more is reported for it", async () => {
  const server = await startServer();
  const reason = Promise.withResolvers<unknown>();
  await startTestWorker(server, async (job) => {
    if (job.jobId !== "fenced") return;
    await aborted(job).catch(reason.resolve);
    job.log.error("too late");
    throw new Error("too late");
  });
  const stream = await server.welcomed({ heartbeatMs: 20 });
  await stream.run({ attemptToken: token, jobId: "fenced" });
  await stream.take("heartbeat", ({ attemptTokens }) => attemptTokens.includes(token));
  stream.send({ fenced: { attemptToken: token } });
  expect(await reason.promise).toMatchObject({ code: "fenced" });
  expect(await reason.promise).toBeInstanceOf(JobInterrupted);
  await stream.take("heartbeat", ({ attemptTokens }) => attemptTokens.length === 0);
  await stream.run({ attemptToken: "next" });
  await stream.take("complete");
  expect([...stream.untaken("event"), ...stream.untaken("fail"), ...stream.untaken("release")]).toEqual([]);
});

test.each([
  ["ABORTED", "aborted"],
  ["TIMED_OUT", "timed-out"],
  ["DESTROYED", "destroyed"],
] as const)("a job cancelled as %s ends its handler with the reason %s", async (reason, code) => {
  const server = await startServer();
  const told = Promise.withResolvers<unknown>();
  await startTestWorker(server, (job) =>
    aborted(job).catch((error: unknown) => {
      told.resolve(error);
      throw error;
    }),
  );
  const stream = await server.welcomed();
  await stream.run({ attemptToken: token });
  stream.send({ cancel: { attemptToken: token, reason, graceMs: 60_000 } });
  expect(await stream.take("cancelled")).toEqual({ attemptToken: token });
  expect(await told.promise).toMatchObject({ code });
  expect(stream.untaken("fail")).toEqual([]);
});

test("a cancelled job whose handler completes all the same is cancelled", async () => {
  const server = await startServer();
  await startTestWorker(server, (job) => aborted(job).catch(() => {}));
  const stream = await server.welcomed();
  await stream.run({ attemptToken: token });
  stream.send({ cancel: { attemptToken: token, reason: "ABORTED", graceMs: 60_000 } });
  await stream.take("cancelled");
  expect(stream.untaken("complete")).toEqual([]);
});

test("a handler that ignores its cancellation is abandoned after the grace", async () => {
  const server = await startServer();
  await startTestWorker(server, forever);
  const stream = await server.welcomed();
  await stream.run({ attemptToken: token });
  stream.send({ cancel: { attemptToken: token, reason: "ABORTED", graceMs: 20 } });
  expect(await stream.take("cancelled")).toEqual({ attemptToken: token });
});

test("a result that waits for the server rejects when its job is cancelled", async () => {
  const server = await startServer();
  const told = Promise.withResolvers<unknown>();
  await startTestWorker(server, (job) => job.result("r", "x", "text/plain").catch(told.resolve));
  const stream = await server.welcomed();
  await stream.run({ attemptToken: token });
  await stream.take("event");
  stream.send({ cancel: { attemptToken: token, reason: "ABORTED", graceMs: 60_000 } });
  expect(await told.promise).toMatchObject({ code: "aborted" });
  await stream.take("cancelled");
});

test.each([
  [
    "an exception is fatal, with its stack",
    () => {
      throw new TypeError("no such column");
    },
    { kind: "FATAL", message: "no such column", detail: expect.stringContaining("TypeError"), retryable: false },
  ],
  [
    "a JobFailure speaks for itself",
    () => {
      throw new JobFailure("busy", { kind: "transient", detail: "later", retryable: true, retryDelayMs: 1_500 });
    },
    { kind: "TRANSIENT", message: "busy", detail: "later", retryable: true, retryDelayMs: 1_500 },
  ],
  [
    "a JobFailure without more is fatal and final, and tells its cause",
    () => {
      throw new JobFailure("broken", { cause: new Error("the root") });
    },
    { kind: "FATAL", message: "broken", detail: expect.stringContaining("the root"), retryable: false },
  ],
  [
    "whatever is thrown becomes a message",
    () => {
      throw "a string";
    },
    { kind: "FATAL", message: "a string" },
  ],
])("failures: %s", async (_, fail, expected) => {
  const server = await startServer();
  await startTestWorker(server, async (job) => {
    job.log.info("before");
    fail();
  });
  const stream = await server.welcomed();
  await stream.run({ attemptToken: token });
  expect(await stream.take("fail")).toMatchObject({ attemptToken: token, lastSequence: 1, ...expected });
});

test("a job is given back with its checkpoint", async () => {
  const server = await startServer();
  await startTestWorker(server, async (job) => job.release("preempted", Buffer.from("half")));
  const stream = await server.welcomed();
  await stream.run({ attemptToken: token });
  expect(await stream.take("release")).toMatchObject({ reason: "preempted", checkpoint: Buffer.from("half") });
});

test("a job assigned twice runs once", async () => {
  const server = await startServer();
  let runs = 0;
  const go = Promise.withResolvers<void>();
  await startTestWorker(server, async () => {
    runs++;
    await go.promise;
  });
  const stream = await server.welcomed();
  await stream.run({ attemptToken: token });
  stream.assign({ attemptToken: token });
  go.resolve();
  await stream.take("complete");
  stream.assign({ attemptToken: token }); // Still held: the server has not answered its end.
  stream.ended(token);
  await stream.run({ attemptToken: "next" });
  expect(runs).toBe(2);
  expect(stream.untaken("accept")).toEqual([]);
});

test("a job beyond the slots is not accepted, until one is free", async () => {
  const server = await startServer();
  const go = Promise.withResolvers<void>();
  const handler = ({ jobId }: JobContext) => (jobId === "long" ? go.promise : Promise.resolve());
  await startTestWorker(server, handler, { slots: 2 });
  const stream = await server.welcomed();
  await stream.run({ attemptToken: token, jobId: "long" });
  await stream.run({ attemptToken: "token-2", jobId: "long" });
  stream.assign({ attemptToken: "one too many" });
  go.resolve();
  await stream.take("complete", ({ attemptToken }) => attemptToken === token);
  stream.ended(token);
  await stream.run({ attemptToken: "token-3" });
  expect(stream.accepted).toEqual(new Set([token, "token-2", "token-3"]));
});

test("no message is longer than the server takes", async () => {
  const server = await startServer();
  const maxMessageBytes = 20_000;
  const long = "語".repeat(maxMessageBytes);
  const ends: ((job: JobContext) => unknown)[] = [
    (job) => job.release(long, new Uint8Array(maxMessageBytes - 4096)),
    () => {
      throw new JobFailure(long, { detail: long });
    },
    (job) => job.result("r", long, "text/plain"),
  ];
  await startTestWorker(server, async (job) => {
    job.log.info(long);
    job.progress(0.5, long);
    await ends[job.attempt]?.(job);
  });
  const stream = await server.welcomed({ maxMessageBytes, maxInlineResultBytes: 1_000_000 });
  for (const attempt of ends.keys()) {
    await stream.run({ attemptToken: `token-${attempt}`, attempt });
    await stream.takeOneOf(["release", "fail", "complete"], `token-${attempt}`);
  }
  expect(server.longestMessage).toBeWithin(maxMessageBytes - 4096, maxMessageBytes + 1);
});

test("the end of a job is sent again until the server has answered it", async () => {
  const server = await startServer();
  await startTestWorker(server, async (job) => job.log.info("done"));
  const first = await server.welcomed({ heartbeatMs: 20 });
  await first.run({ attemptToken: token });
  await first.take("complete");
  await first.take("heartbeat", ({ attemptTokens }) => attemptTokens.includes(token));
  first.cut(); // Ended is lost.
  const second = await server.stream();
  const hello = await second.take("hello");
  expect(hello.held).toEqual([{ attemptToken: token, acknowledgedSequence: 0 }]);
  second.welcome({ heartbeatMs: 20 }, hello);
  expect((await second.take("event")).sequence).toBe(1);
  await second.take("complete");
  second.ended(token);
  await second.take("heartbeat", ({ attemptTokens }) => attemptTokens.length === 0);
});

test("an attempt that the server does not know any more ends with the new stream", async () => {
  const server = await startServer();
  const told = Promise.withResolvers<unknown>();
  await startTestWorker(server, (job) => aborted(job).catch(told.resolve));
  const first = await server.welcomed();
  await first.run({ attemptToken: token });
  first.cut();
  await server.welcomed({ held: [{ attemptToken: token, valid: false }] });
  expect(await told.promise).toMatchObject({ code: "fenced" });
});

test("a lease that runs out while the server is away stops the handler", async () => {
  const server = await startServer();
  const told = Promise.withResolvers<unknown>();
  await startTestWorker(server, (job) => aborted(job).catch(told.resolve));
  const first = await server.welcomed({ leaseMs: 200, heartbeatMs: 50 });
  await first.run({ attemptToken: token });
  server.kill();
  expect(await told.promise).toMatchObject({ code: "lease-lost" });
});

test("an attempt whose lease was lost here, but not there, is given back", async () => {
  const server = await startServer();
  const told = Promise.withResolvers<unknown>();
  await startTestWorker(server, (job) =>
    aborted(job).catch((error: unknown) => {
      told.resolve(error);
      throw new Error("my connection broke", { cause: error });
    }),
  );
  const first = await server.welcomed({ leaseMs: 200, heartbeatMs: 50 });
  await first.run({ attemptToken: token });
  server.kill();
  await told.promise;
  await server.start();
  const second = await server.stream();
  const hello = await second.take("hello");
  expect(hello.held).toHaveLength(1);
  second.welcome({}, hello);
  expect(await second.take("release")).toMatchObject({ attemptToken: token });
  expect(second.untaken("fail")).toEqual([]);
});

test("heartbeats keep the lease of a job that has nothing to say", async () => {
  const server = await startServer();
  const go = Promise.withResolvers<void>();
  await startTestWorker(server, () => go.promise);
  // For longer than the lease, which is longer than a slow machine stands still.
  const stream = await server.welcomed({ leaseMs: 2000, heartbeatMs: 100 });
  await stream.run({ attemptToken: token });
  for (let beat = 0; beat < 25; beat++) await stream.take("heartbeat", (beat) => beat.attemptTokens.includes(token));
  go.resolve();
  await stream.take("complete");
});

test("a draining worker says so, finishes what it has, and closes", async () => {
  const server = await startServer();
  const go = Promise.withResolvers<void>();
  let interrupted = true;
  const worker = await startTestWorker(server, async (job) => {
    await go.promise;
    interrupted = job.signal.aborted;
  });
  const stream = await server.welcomed();
  await stream.run({ attemptToken: token });
  const drained = worker.drain();
  await stream.take("draining");
  expect((await stream.take("credit")).totalSlots).toBe(0);
  go.resolve();
  await stream.take("complete");
  expect(interrupted).toBe(false);
  stream.ended(token);
  await drained;
  await worker.closed;
  await stream.gone;
});

test("a draining worker that reconnects still takes nothing", async () => {
  const server = await startServer();
  const worker = await startTestWorker(server, forever, { drainTimeoutMs: 60_000 });
  const first = await server.welcomed();
  await first.run({ attemptToken: token });
  void worker.drain();
  await first.take("draining");
  first.cut();
  const second = await server.stream();
  second.welcome({}, await second.take("hello"));
  await second.take("draining");
  expect((await second.take("credit")).totalSlots).toBe(0);
});

test("a drain that takes too long gives the jobs back", async () => {
  const server = await startServer();
  const worker = await startTestWorker(server, (job) => aborted(job), { drainTimeoutMs: 20 });
  const stream = await server.welcomed();
  await stream.run({ attemptToken: token });
  const drained = worker.drain();
  expect(await stream.take("release")).toMatchObject({ reason: "the worker is draining" });
  stream.ended(token);
  await drained;
});

test("a stopped worker gives its jobs back soon, even if their handlers do not listen", async () => {
  const server = await startServer();
  const worker = await startTestWorker(server, forever);
  const stream = await server.welcomed();
  await stream.run({ attemptToken: token });
  const stopped = worker.stop();
  expect(await stream.take("release")).toMatchObject({ reason: "the worker was stopped" });
  stream.ended(token);
  await stopped;
  await stream.gone;
});

test("a stopped worker's handlers that listen give their jobs back with a checkpoint", async () => {
  const server = await startServer();
  const worker = await startTestWorker(server, async (job) => {
    await aborted(job).catch(() => job.release("going", new Uint8Array([7])));
  });
  const stream = await server.welcomed();
  await stream.run({ attemptToken: token });
  const stopped = worker.stop();
  const { reason, checkpoint } = await stream.take("release");
  expect([reason, [...(checkpoint ?? [])]]).toEqual(["going", [7]]);
  stream.ended(token);
  await stopped;
});

test("a refused worker says why", async () => {
  const server = await startServer();
  server.refusals.push({ code: status.UNAUTHENTICATED, details: "the token is not known" });
  const errors: string[] = [];
  const worker = await startTestWorker(server, forever, {
    logger: { ...silentLogger, error: (message) => errors.push(message) },
  });
  await expect(worker.ready).rejects.toThrow("the token is not known");
  expect(errors).toEqual([
    expect.stringMatching(
      /^the gateway refused this worker: the token is not known \(UNAUTHENTICATED\); trying again in \d+ s \(1 of 10\)$/,
    ),
  ]);
});

test("a worker that starts before its server connects when that is there", async () => {
  const server = await startServer();
  server.kill();
  const worker = await startTestWorker(server, forever);
  await server.start();
  await server.welcomed();
  await worker.ready;
});

test("messages for unknown attempts and of unknown kinds are ignored", async () => {
  const server = await startServer();
  await startTestWorker(server, async () => {});
  const stream = await server.welcomed();
  stream.send({});
  stream.send({ drain: { deadlineMs: 1_000 } });
  stream.send({ paused: { jobType: "test", paused: true } });
  stream.send({ ended: { attemptToken: "nobody" } });
  stream.send({ fenced: { attemptToken: "nobody" } });
  stream.send({ eventAck: { attemptToken: "nobody", sequence: 3 } });
  stream.send({ cancel: { attemptToken: "nobody", reason: "ABORTED" } });
  stream.assign({ attemptToken: "unknown-type", jobType: "unheard of" });
  await stream.run({ attemptToken: token });
  await stream.take("complete");
  expect(stream.untaken("accept")).toEqual([]);
});

test("options that cannot work are refused", async () => {
  await expect(startWorker({ jobs: {} })).rejects.toThrow("at least one job type");
  await expect(startWorker({ jobs: { test: forever }, slots: 0 })).rejects.toThrow("slots");
});
