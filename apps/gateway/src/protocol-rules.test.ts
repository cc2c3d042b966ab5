import { afterAll, beforeAll, expect, test } from "bun:test";
import { credentials, makeGenericClientConstructor, status } from "@grpc/grpc-js";
import { limits } from "@uws/core";
import { WorkerService } from "@uws/protocol";
import { abortJob, deleteJob, listAttempts, listLogLines, pauseType } from "@uws/store";
import { until } from "@uws/testing";
import { openSetting, type Setting } from "./protocol-setting.ts";

/* What the worker protocol promises to a worker that speaks it without an SDK. */

/** Nothing runs out here, however slow the machine is: what time does is in protocol-deadlines.test.ts. */
let setting: Setting;
beforeAll(async () => {
  setting = await openSetting({ lease: 120_000, silence: 60_000, accept: 60_000 });
});
afterAll(async () => await setting.close());

test("credits are absolute: no more jobs than slots, whatever is said twice, and more when there are more", async () => {
  const type = setting.newType();
  const worker = await setting.connect(type, 2);
  worker.send({ credit: { totalSlots: 2 } });
  const ids: string[] = [];
  for (let count = 0; count < 5; count += 1) ids.push(await setting.house.submit(type));
  const tokens: string[] = [];
  const take = async () => {
    const { attemptToken } = await worker.take("assign");
    worker.send({ accept: { attemptToken } });
    tokens.push(attemptToken);
  };
  await take();
  await take();
  const running = async () =>
    (await Promise.all(ids.map(setting.job))).filter((each) => each?.phase === "EXECUTING").length;
  await until(async () => (await running()) === 2, "two running jobs");
  worker.send({ credit: { totalSlots: 3 } });
  await take();
  await until(async () => (await running()) === 3, "three running jobs");
  // Fewer slots than jobs: none is taken away, none comes for one that ends.
  worker.send({ credit: { totalSlots: 1 } });
  worker.send({ complete: { attemptToken: tokens[0] ?? "" } });
  worker.send({ complete: { attemptToken: tokens[1] ?? "" } });
  await worker.take("ended");
  await worker.take("ended");
  expect(await running()).toBe(1);
  worker.send({ complete: { attemptToken: tokens[2] ?? "" } });
  await take();
});

test("a heartbeat that crosses the storing of an accept fences nobody", async () => {
  const type = setting.newType();
  const jobs = 100;
  const worker = await setting.connect(type, jobs);
  const tokens: string[] = [];
  for (let count = 0; count < jobs; count += 1) await setting.house.submit(type);
  while (tokens.length < jobs) {
    const { attemptToken } = await worker.take("assign");
    tokens.push(attemptToken);
    worker.send({ accept: { attemptToken } });
    for (let beats = 0; beats < 3; beats += 1) worker.send({ heartbeat: { attemptTokens: tokens } });
  }
  for (const attemptToken of tokens) worker.send({ complete: { attemptToken } });
  const ended = new Set<string>();
  while (ended.size < jobs) ended.add((await worker.take("ended")).attemptToken);
  expect(ended).toEqual(new Set(tokens));
});

test("events are acknowledged cumulatively, count once however often they come, and a gap ends the stream", async () => {
  const held = await setting.hold();
  const { worker, id, attemptToken } = held;
  const log = (sequence: number) => worker.send({ event: { attemptToken, sequence, log: { message: `${sequence}` } } });
  for (const sequence of [1, 2, 3]) log(sequence);
  await until(async () => (await worker.take("eventAck")).sequence === 3, "the acknowledgement of 3");
  for (const sequence of [2, 3, 4]) log(sequence);
  await until(async () => (await worker.take("eventAck")).sequence === 4, "the acknowledgement of 4");
  expect(
    (await listLogLines(setting.house.store, id, { attempt: 0, sequence: 0 }, 100)).map(({ message }) => message),
  ).toEqual(["1", "2", "3", "4"]);
  log(6);
  expect((await worker.ended).code).toBe(status.INVALID_ARGUMENT);
});

test("a completion that counts events which never came does not complete the job", async () => {
  const { worker, id, attemptToken } = await setting.hold();
  worker.send({ complete: { attemptToken, lastSequence: 2 } });
  expect((await worker.ended).code).toBe(status.INVALID_ARGUMENT);
  expect((await setting.job(id))?.phase).not.toBe("COMPLETED");
});

test("inside its lease an attempt goes on over a new stream, from the last event that is stored", async () => {
  const { worker, id, type, instanceId, attemptToken } = await setting.hold();
  worker.send({ event: { attemptToken, sequence: 1, progress: { fraction: 0.5 } } });
  await worker.take("eventAck");
  worker.stream.cancel();
  const again = setting.greet({
    jobTypes: [type],
    instanceId,
    held: [{ attemptToken, acknowledgedSequence: 0 }],
  });
  expect((await again.take("welcome")).held).toEqual([{ attemptToken, valid: true, acknowledgedSequence: 1 }]);
  again.send({ event: { attemptToken, sequence: 2, progress: { fraction: 0.9 } } });
  await again.take("eventAck");
  again.send({ complete: { attemptToken, lastSequence: 2 } });
  await again.take("ended");
  expect((await listAttempts(setting.house.store, id)).map(({ outcome }) => outcome)).toEqual(["completed"]);
});

test("a second session of an instance replaces the first", async () => {
  const type = setting.newType();
  const first = await setting.connect(type, 1, { instanceId: "one-instance" });
  await setting.connect(type, 1, { instanceId: "one-instance" });
  expect((await first.ended).code).toBe(status.ALREADY_EXISTS);
});

test("who drains is given nothing more, and may end what it has", async () => {
  const { worker, type, attemptToken } = await setting.hold();
  worker.send({ draining: {} });
  worker.send({ credit: { totalSlots: 5 } });
  worker.send({ complete: { attemptToken } });
  await worker.take("ended");
  const other = await setting.connect(type, 1);
  const id = await setting.house.submit(type);
  expect((await other.take("assign")).jobId).toBe(id);
});

test("a gateway that stops asks its workers to drain; their jobs stay theirs", async () => {
  const second = await setting.house.gateway();
  const type = setting.newType();
  const worker = setting.greet({ jobTypes: [type] }, second);
  await worker.take("welcome");
  worker.send({ credit: { totalSlots: 1 } });
  const id = await setting.house.submit(type);
  const { attemptToken } = await worker.take("assign");
  worker.send({ accept: { attemptToken } });
  await setting.phase(id, "EXECUTING");
  await second.stop();
  expect((await worker.take("drain")).deadlineMs).toBeGreaterThan(0);
  expect((await worker.ended).code).toBe(status.UNAVAILABLE);
  const elsewhere = setting.greet({ jobTypes: [type], held: [{ attemptToken }] });
  expect((await elsewhere.take("welcome")).held).toMatchObject([{ valid: true }]);
});

test("workers are told that a type is paused, at once or when they come, and that it is no longer", async () => {
  const type = setting.newType();
  const worker = await setting.connect(type, 1);
  const waiting = await setting.house.submit(type, { run: false });
  await pauseType(setting.house.store, type, true);
  expect(await worker.take("paused")).toEqual({ jobType: type, paused: true });
  expect(await (await setting.connect(type, 0)).take("paused")).toEqual({ jobType: type, paused: true });
  await pauseType(setting.house.store, type, false);
  expect(await worker.take("paused")).toEqual({ jobType: type, paused: false });
  expect((await setting.job(waiting))?.phase).toBe("PENDING");
});

test("a cancel tells its reason and the grace, and the slot stays taken until the worker has stopped", async () => {
  for (const [reason, end] of [
    ["ABORTED", (id: string) => abortJob(setting.house.store, id)],
    ["DESTROYED", (id: string) => deleteJob(setting.house.store, id)],
  ] as const) {
    const held = await setting.hold();
    const { worker, id, type, attemptToken } = held;
    const moved = await end(id);
    const token = moved === false ? undefined : moved.token;
    setting.house.dispatch.news.cancel([
      { token: token ?? "", reason: reason === "ABORTED" ? "aborted" : "destroyed" },
    ]);
    expect(await worker.take("cancel")).toMatchObject({ attemptToken, reason, graceMs: 500 });
    const next = await setting.house.submit(type);
    expect((await setting.job(next))?.phase).toBe("QUEUED");
    worker.send({ cancelled: { attemptToken } });
    expect((await worker.take("assign")).jobId).toBe(next);
  }
});

test("an attempt that takes longer than it may is cancelled as timed out", async () => {
  const type = setting.newType();
  const worker = await setting.connect(type, 1);
  const id = await setting.house.submit(type, { executionDuration: 1 });
  const { attemptToken, timeAllowedMs } = await worker.take("assign");
  expect(timeAllowedMs).toBe(1000);
  worker.send({ accept: { attemptToken } });
  expect(await worker.take("cancel")).toMatchObject({ attemptToken, reason: "TIMED_OUT" });
  expect((await setting.job(id))?.phase).toBe("ABORTED");
});

test("what is larger than Welcome allows fails the job, or ends the stream, with the limit in the message", async () => {
  const type = setting.newType();
  const inline = await setting.hold(type);
  const result = { id: "r", mediaType: "text/plain", inline: Buffer.alloc(limits.inlineResultBytes + 1) };
  inline.worker.send({ event: { attemptToken: inline.attemptToken, sequence: 1, result } });
  await setting.phase(inline.id, "ERROR");
  expect((await setting.job(inline.id))?.error?.message).toContain("UploadResult");
  const state = await setting.hold();
  const checkpoint = { state: Buffer.alloc(limits.checkpointBytes + 1) };
  state.worker.send({ event: { attemptToken: state.attemptToken, sequence: 1, checkpoint } });
  await setting.phase(state.id, "ERROR");
  expect((await setting.job(state.id))?.error?.message).toContain(String(limits.checkpointBytes));
  const message = await setting.hold();
  const log = { message: "x".repeat(limits.messageBytes) };
  message.worker.send({ event: { attemptToken: message.attemptToken, sequence: 1, log } });
  expect((await message.worker.ended).code).toBe(status.RESOURCE_EXHAUSTED);
});

test("a repeated or late message of the queue is nothing", async () => {
  const held = await setting.hold();
  const { worker, id, type, attemptToken } = held;
  worker.send({ credit: { totalSlots: 3 } });
  await setting.house.dispatch.queue.publish([{ id, type, attempt: 1, dispatches: 77 }]);
  await setting.house.dispatch.queue.publish([{ id: crypto.randomUUID(), type, attempt: 1, dispatches: 1 }]);
  // What comes behind it arrives, and nothing before that.
  const next = await setting.house.submit(type);
  expect((await worker.take("assign")).jobId).toBe(next);
  worker.send({ complete: { attemptToken } });
  await worker.take("ended");
  expect(await listAttempts(setting.house.store, id)).toHaveLength(1);
});

test("Hello negotiates: a newer worker is answered in the server's version, one without a version is refused", async () => {
  const newer = setting.greet({ jobTypes: [setting.newType()], protocolVersion: 42 });
  expect((await newer.take("welcome")).protocolVersion).toBe(1);
  const none = setting.greet({ jobTypes: [setting.newType()], protocolVersion: 0 });
  expect(await none.ended).toMatchObject({
    code: status.INVALID_ARGUMENT,
    details: expect.stringContaining("version"),
  });
});

test("fields and kinds of messages that the server does not know are ignored", async () => {
  const { requestSerialize, responseDeserialize, path } = WorkerService.service.Work;
  // Field 99, length-delimited, "new": in a message of its own, and behind a Hello.
  const unknown = Buffer.from([0x9a, 0x06, 0x03, 0x6e, 0x65, 0x77]);
  const Client = makeGenericClientConstructor({}, "any");
  const client = new Client(setting.gateway.address, credentials.createInsecure());
  const stream = client.makeBidiStreamRequest(path, (bytes: Buffer) => bytes, responseDeserialize);
  const welcome = Promise.withResolvers<void>();
  const assigned = Promise.withResolvers<string>();
  stream.on("error", (error) => assigned.reject(error));
  stream.on("data", (message: ReturnType<typeof responseDeserialize>) => {
    if (message.welcome) welcome.resolve();
    if (message.assign) assigned.resolve(message.assign.jobId);
  });
  const type = setting.newType();
  const hello = requestSerialize({ hello: { protocolVersion: 2, instanceId: "newer", jobTypes: [type] } });
  stream.write(Buffer.concat([hello, unknown]));
  await welcome.promise;
  stream.write(unknown);
  stream.write(requestSerialize({ credit: { totalSlots: 1 } }));
  const id = await setting.house.submit(type);
  expect(await assigned.promise).toBe(id);
  stream.removeAllListeners("error").on("error", () => {});
  stream.cancel();
  client.close();
});
