import { afterAll, beforeAll, expect, test } from "bun:test";
import { credentials, makeGenericClientConstructor, status } from "@grpc/grpc-js";
import { limits } from "@uws/core";
import { type Hello, WorkerService } from "@uws/protocol";
import { abortJob, deleteJob, getJob, listAttempts, listLogLines, pauseType } from "@uws/store";
import { until } from "@uws/testing";
import { type BareWorker, bareWorker } from "./bare-worker.ts";
import type { Gateway } from "./gateway.ts";
import { type House, openTestHouse } from "./testing.ts";

/* What the worker protocol promises to a worker that speaks it without an SDK. */

let house: House;
let gateway: Gateway;
const open: BareWorker[] = [];
beforeAll(async () => {
  house = await openTestHouse();
  gateway = await house.gateway();
});
afterAll(async () => {
  for (const worker of open) worker.stream.cancel();
  await house.close();
});

const newType = () => `type-${crypto.randomUUID()}`;
const job = async (id: string) => await getJob(house.store, "any", id);
const phase = async (id: string, wanted: string) =>
  await until(async () => (await job(id))?.phase === wanted, `${wanted} of job ${id}`);

/** Connects and is welcome. */
async function connect(type: string, slots: number, hello: Hello = {}): Promise<BareWorker> {
  const worker = bareWorker(gateway.address, { jobTypes: [type], ...hello });
  open.push(worker);
  await worker.take("welcome");
  worker.send({ credit: { totalSlots: slots } });
  return worker;
}

/** Connects, is given a job and accepts it. */
async function hold(type = newType(), instanceId: string = crypto.randomUUID()) {
  const worker = await connect(type, 1, { instanceId });
  const id = await house.submit(type);
  const assign = await worker.take("assign");
  worker.send({ accept: { attemptToken: assign.attemptToken } });
  await phase(id, "EXECUTING");
  return { worker, id, type, instanceId, attemptToken: assign.attemptToken, assign };
}

/** Keeps the lease while the test does something else. */
function beat({ worker, attemptToken }: { worker: BareWorker; attemptToken: string }): () => void {
  const timer = setInterval(() => worker.send({ heartbeat: { attemptTokens: [attemptToken] } }), 200);
  return () => clearInterval(timer);
}

test("an assignment that is not accepted in time is given out again, and no attempt is spent", async () => {
  const type = newType();
  const worker = await connect(type, 1);
  const id = await house.submit(type);
  const first = await worker.take("assign");
  expect((await worker.take("fenced")).attemptToken).toBe(first.attemptToken);
  const second = await worker.take("assign");
  expect(second).toMatchObject({ jobId: id, attempt: 1 });
  expect(second.attemptToken).not.toBe(first.attemptToken);
  // Who comes too late is told so.
  worker.send({ accept: { attemptToken: first.attemptToken } });
  expect((await worker.take("fenced")).attemptToken).toBe(first.attemptToken);
  expect(await listAttempts(house.store, id)).toEqual([]);
});

test("credits are absolute: no more jobs than slots, whatever is said twice, and more when there are more", async () => {
  const type = newType();
  const worker = await connect(type, 2);
  worker.send({ credit: { totalSlots: 2 } });
  const ids: string[] = [];
  for (let count = 0; count < 5; count += 1) ids.push(await house.submit(type));
  const tokens: string[] = [];
  const take = async () => {
    const { attemptToken } = await worker.take("assign");
    worker.send({ accept: { attemptToken } });
    tokens.push(attemptToken);
  };
  await take();
  await take();
  const running = async () => (await Promise.all(ids.map(job))).filter((each) => each?.phase === "EXECUTING").length;
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
  const type = newType();
  const jobs = 100;
  const worker = await connect(type, jobs);
  const tokens: string[] = [];
  for (let count = 0; count < jobs; count += 1) await house.submit(type);
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
  const held = await hold();
  const { worker, id, attemptToken } = held;
  const log = (sequence: number) => worker.send({ event: { attemptToken, sequence, log: { message: `${sequence}` } } });
  for (const sequence of [1, 2, 3]) log(sequence);
  await until(async () => (await worker.take("eventAck")).sequence === 3, "the acknowledgement of 3");
  for (const sequence of [2, 3, 4]) log(sequence);
  await until(async () => (await worker.take("eventAck")).sequence === 4, "the acknowledgement of 4");
  expect((await listLogLines(house.store, id, { attempt: 0, sequence: 0 }, 100)).map(({ message }) => message)).toEqual(
    ["1", "2", "3", "4"],
  );
  log(6);
  expect((await worker.ended).code).toBe(status.INVALID_ARGUMENT);
});

test("a completion that counts events which never came does not complete the job", async () => {
  const { worker, id, attemptToken } = await hold();
  worker.send({ complete: { attemptToken, lastSequence: 2 } });
  expect((await worker.ended).code).toBe(status.INVALID_ARGUMENT);
  expect((await job(id))?.phase).not.toBe("COMPLETED");
});

test("inside its lease an attempt goes on over a new stream, from the last event that is stored", async () => {
  const { worker, id, type, instanceId, attemptToken } = await hold();
  worker.send({ event: { attemptToken, sequence: 1, progress: { fraction: 0.5 } } });
  await worker.take("eventAck");
  worker.stream.cancel();
  const again = bareWorker(gateway.address, {
    jobTypes: [type],
    instanceId,
    held: [{ attemptToken, acknowledgedSequence: 0 }],
  });
  open.push(again);
  expect((await again.take("welcome")).held).toEqual([{ attemptToken, valid: true, acknowledgedSequence: 1 }]);
  again.send({ event: { attemptToken, sequence: 2, progress: { fraction: 0.9 } } });
  await again.take("eventAck");
  again.send({ complete: { attemptToken, lastSequence: 2 } });
  await again.take("ended");
  expect((await listAttempts(house.store, id)).map(({ outcome }) => outcome)).toEqual(["completed"]);
});

test("after its lease an attempt is over: its worker is told so, and can write nothing more", async () => {
  const { worker, id, type, attemptToken } = await hold();
  worker.stream.cancel();
  await phase(id, "QUEUED");
  const again = bareWorker(gateway.address, { jobTypes: [type], held: [{ attemptToken }] });
  open.push(again);
  expect((await again.take("welcome")).held).toMatchObject([{ attemptToken, valid: false }]);
  again.send({ complete: { attemptToken } });
  expect((await again.take("fenced")).attemptToken).toBe(attemptToken);
  expect((await job(id))?.phase).toBe("QUEUED");
});

test("a second session of an instance replaces the first", async () => {
  const type = newType();
  const first = await connect(type, 1, { instanceId: "one-instance" });
  await connect(type, 1, { instanceId: "one-instance" });
  expect((await first.ended).code).toBe(status.ALREADY_EXISTS);
});

test("who drains is given nothing more, and may end what it has", async () => {
  const { worker, type, attemptToken } = await hold();
  worker.send({ draining: {} });
  worker.send({ credit: { totalSlots: 5 } });
  worker.send({ complete: { attemptToken } });
  await worker.take("ended");
  const other = await connect(type, 1);
  const id = await house.submit(type);
  expect((await other.take("assign")).jobId).toBe(id);
});

test("a gateway that stops asks its workers to drain; their jobs stay theirs", async () => {
  const second = await house.gateway();
  const type = newType();
  const worker = bareWorker(second.address, { jobTypes: [type] });
  await worker.take("welcome");
  worker.send({ credit: { totalSlots: 1 } });
  const id = await house.submit(type);
  const { attemptToken } = await worker.take("assign");
  worker.send({ accept: { attemptToken } });
  await phase(id, "EXECUTING");
  await second.stop();
  expect((await worker.take("drain")).deadlineMs).toBeGreaterThan(0);
  expect((await worker.ended).code).toBe(status.UNAVAILABLE);
  const elsewhere = bareWorker(gateway.address, { jobTypes: [type], held: [{ attemptToken }] });
  open.push(elsewhere);
  expect((await elsewhere.take("welcome")).held).toMatchObject([{ valid: true }]);
});

test("workers are told that a type is paused, at once or when they come, and that it is no longer", async () => {
  const type = newType();
  const worker = await connect(type, 1);
  const waiting = await house.submit(type, { run: false });
  await pauseType(house.store, type, true);
  expect(await worker.take("paused")).toEqual({ jobType: type, paused: true });
  expect(await (await connect(type, 0)).take("paused")).toEqual({ jobType: type, paused: true });
  await pauseType(house.store, type, false);
  expect(await worker.take("paused")).toEqual({ jobType: type, paused: false });
  expect((await job(waiting))?.phase).toBe("PENDING");
});

test("a cancel tells its reason and the grace, and the slot stays taken until the worker has stopped", async () => {
  for (const [reason, end] of [
    ["ABORTED", (id: string) => abortJob(house.store, id)],
    ["DESTROYED", (id: string) => deleteJob(house.store, id)],
  ] as const) {
    const held = await hold();
    const { worker, id, type, attemptToken } = held;
    const moved = await end(id);
    const token = moved === false ? undefined : moved.token;
    house.dispatch.news.cancel([{ token: token ?? "", reason: reason === "ABORTED" ? "aborted" : "destroyed" }]);
    expect(await worker.take("cancel")).toMatchObject({ attemptToken, reason, graceMs: 500 });
    const next = await house.submit(type);
    expect((await job(next))?.phase).toBe("QUEUED");
    worker.send({ cancelled: { attemptToken } });
    expect((await worker.take("assign")).jobId).toBe(next);
  }
});

test("an attempt that takes longer than it may is cancelled as timed out", async () => {
  const type = newType();
  const worker = await connect(type, 1);
  const id = await house.submit(type, { executionDuration: 1 });
  const { attemptToken, timeAllowedMs } = await worker.take("assign");
  expect(timeAllowedMs).toBe(1000);
  worker.send({ accept: { attemptToken } });
  const stop = beat({ worker, attemptToken });
  expect(await worker.take("cancel")).toMatchObject({ attemptToken, reason: "TIMED_OUT" });
  stop();
  expect((await job(id))?.phase).toBe("ABORTED");
});

test("what is larger than Welcome allows fails the job, or ends the stream, with the limit in the message", async () => {
  const type = newType();
  const inline = await hold(type);
  const result = { id: "r", mediaType: "text/plain", inline: Buffer.alloc(limits.inlineResultBytes + 1) };
  inline.worker.send({ event: { attemptToken: inline.attemptToken, sequence: 1, result } });
  await phase(inline.id, "ERROR");
  expect((await job(inline.id))?.error?.message).toContain("UploadResult");
  const state = await hold();
  const checkpoint = { state: Buffer.alloc(limits.checkpointBytes + 1) };
  state.worker.send({ event: { attemptToken: state.attemptToken, sequence: 1, checkpoint } });
  await phase(state.id, "ERROR");
  expect((await job(state.id))?.error?.message).toContain(String(limits.checkpointBytes));
  const message = await hold();
  const log = { message: "x".repeat(limits.messageBytes) };
  message.worker.send({ event: { attemptToken: message.attemptToken, sequence: 1, log } });
  expect((await message.worker.ended).code).toBe(status.RESOURCE_EXHAUSTED);
});

test("a repeated or late message of the queue is nothing", async () => {
  const held = await hold();
  const { worker, id, type, attemptToken } = held;
  const stop = beat(held);
  worker.send({ credit: { totalSlots: 3 } });
  await house.dispatch.queue.publish([{ id, type, attempt: 1, dispatches: 77 }]);
  await house.dispatch.queue.publish([{ id: crypto.randomUUID(), type, attempt: 1, dispatches: 1 }]);
  // What comes behind it arrives, and nothing before that.
  const next = await house.submit(type);
  expect((await worker.take("assign")).jobId).toBe(next);
  stop();
  worker.send({ complete: { attemptToken } });
  await worker.take("ended");
  expect(await listAttempts(house.store, id)).toHaveLength(1);
});

test("Hello negotiates: a newer worker is answered in the server's version, one without a version is refused", async () => {
  const newer = bareWorker(gateway.address, { jobTypes: [newType()], protocolVersion: 42 });
  open.push(newer);
  expect((await newer.take("welcome")).protocolVersion).toBe(1);
  const none = bareWorker(gateway.address, { jobTypes: [newType()], protocolVersion: 0 });
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
  const client = new Client(gateway.address, credentials.createInsecure());
  const stream = client.makeBidiStreamRequest(path, (bytes: Buffer) => bytes, responseDeserialize);
  const welcome = Promise.withResolvers<void>();
  const assigned = Promise.withResolvers<string>();
  stream.on("error", (error) => assigned.reject(error));
  stream.on("data", (message: ReturnType<typeof responseDeserialize>) => {
    if (message.welcome) welcome.resolve();
    if (message.assign) assigned.resolve(message.assign.jobId);
  });
  const type = newType();
  const hello = requestSerialize({ hello: { protocolVersion: 2, instanceId: "newer", jobTypes: [type] } });
  stream.write(Buffer.concat([hello, unknown]));
  await welcome.promise;
  stream.write(unknown);
  stream.write(requestSerialize({ credit: { totalSlots: 1 } }));
  const id = await house.submit(type);
  expect(await assigned.promise).toBe(id);
  stream.removeAllListeners("error").on("error", () => {});
  stream.cancel();
  client.close();
});
