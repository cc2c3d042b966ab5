import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openFileBlobs } from "@uws/blobs";
import { type Job, limits } from "@uws/core";
import { type Dispatch, openDispatch } from "@uws/dispatch";
import { type Keeper, startKeeper } from "@uws/keeper";
import {
  abortJob,
  createJob,
  dispatchJobs,
  getJob,
  listAttempts,
  listLogLines,
  migrate,
  type NewJob,
  newJobId,
  openStore,
  type Store,
  saveDescription,
} from "@uws/store";
import { natsUrl, type TestDatabase, testDatabase, until } from "@uws/testing";
import { JobFailure, type JobHandler, startWorker, type Worker } from "@uws/worker";
import pino from "pino";
import { type Gateway, startGateway } from "./gateway.ts";

const timing = {
  lease: 1500,
  heartbeat: 200,
  silence: 700,
  accept: 1000,
  cancelGrace: 500,
  sweep: 50,
  redispatch: 500,
  backoff: 10,
  backoffMax: 100,
  orphan: 86_400_000,
  orphanLook: 3_600_000,
  leave: 0,
  shutdown: 2000,
};
const log = pino({ level: process.env.UWS_TEST_LOG ?? "silent" });

let database: TestDatabase;
let store: Store;
let dispatch: Dispatch;
let gateway: Gateway;
let keeper: Keeper;
let folder: string;
const workers: Worker[] = [];

beforeAll(async () => {
  database = await testDatabase();
  await migrate(database.url);
  store = openStore({ url: database.url });
  folder = await mkdtemp(join(tmpdir(), "uws-gateway-"));
  dispatch = openDispatch({
    url: await natsUrl(),
    prefix: `t${crypto.randomUUID().slice(0, 8)}`,
    log,
    pick: (types) => dispatchJobs(store, types, limits.dispatchWindow),
  });
  const house = {
    config: { host: "127.0.0.1", grpcPort: 0, timing, grpc: { allowPlainText: false, tokenCheck: 5000 } },
    store,
    dispatch,
    blobs: openFileBlobs(folder),
    log,
  };
  keeper = startKeeper({ ...house, config: { timing, services: [] } });
  gateway = await startGateway(house);
  await saveDescription(store, { digest: "d", type: "any", version: "1.0.0", document: {} });
});

afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.stop()));
  await gateway.stop();
  await keeper.stop();
  await dispatch.close();
  await store.close();
  await database.drop();
  await rm(folder, { recursive: true });
});

/** A worker with a job type of its own, so that tests do not take each other's jobs. */
async function work(handler: JobHandler, slots = 4): Promise<string> {
  const type = `type-${crypto.randomUUID()}`;
  await serve(type, handler, slots);
  return type;
}

async function serve(type: string, handler: JobHandler, slots = 4): Promise<Worker> {
  const worker = await startWorker({
    address: gateway.address,
    jobs: { [type]: handler },
    slots,
    handleSignals: false,
    name: "test",
  });
  workers.push(worker);
  await worker.ready;
  return worker;
}

async function submit(type: string, changes: Partial<NewJob> = {}): Promise<string> {
  const id = newJobId();
  await createJob(store, {
    id,
    service: "any",
    type,
    description: "d",
    owner: undefined,
    runId: undefined,
    parameters: [],
    executionDuration: 0,
    destruction: 86_400,
    maxAttempts: 3,
    run: true,
    ...changes,
  });
  dispatch.doorbell.ring(type);
  return id;
}

const ended = (id: string): Promise<Job> =>
  until(async () => {
    const job = await getJob(store, "any", id);
    return job !== undefined && ["COMPLETED", "ERROR", "ABORTED"].includes(job.phase) && job;
  }, `the end of job ${id}`);

test("a job runs: parameters in, progress, log and results out", async () => {
  const type = await work(async (job) => {
    job.log.info(`hello ${job.parameters.get("NAME")}`);
    job.progress(0.5, "half", { rows: 2 });
    await job.result("small", "few bytes", "text/plain");
    await job.result("large", new Uint8Array(300_000).fill(7), "application/octet-stream");
  });
  const job = await ended(await submit(type, { parameters: [{ name: "name", value: "Ada" }] }));
  expect(job).toMatchObject({
    phase: "COMPLETED",
    attempt: 1,
    worker: "test",
    progress: { fraction: 1, message: "half", counters: { rows: 2 } },
    results: [
      { id: "small", size: 9, mediaType: "text/plain" },
      { id: "large", size: 300_000 },
    ],
  });
  expect(await listLogLines(store, job.id, { attempt: 0, sequence: 0 }, 10)).toMatchObject([
    { level: "info", message: "hello Ada" },
  ]);
});

test("two hundred jobs run, each once, within the credits of their worker", async () => {
  let running = 0;
  let most = 0;
  const runs = new Map<string, number>();
  const type = await work(async (job) => {
    running += 1;
    most = Math.max(most, running);
    runs.set(job.jobId, (runs.get(job.jobId) ?? 0) + 1);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
  }, 7);
  const ids = await Promise.all(Array.from({ length: 200 }, () => submit(type)));
  const jobs = await Promise.all(ids.map(ended));
  expect(new Set(jobs.map(({ phase }) => phase))).toEqual(new Set(["COMPLETED"]));
  expect([...runs.values()].every((count) => count === 1)).toBe(true);
  expect(most).toBeLessThanOrEqual(7);
});

test("a failure ends in ERROR; a retryable one runs again until its attempts are spent", async () => {
  const fatal = await work(async () => {
    throw new JobFailure("no such star", { detail: "catalogue: none" });
  });
  expect(await ended(await submit(fatal))).toMatchObject({
    phase: "ERROR",
    attempt: 1,
    error: { type: "fatal", message: "no such star", detail: "catalogue: none" },
  });
  const retryable = await work(async () => {
    throw new JobFailure("later", { kind: "transient", retryable: true });
  });
  const job = await ended(await submit(retryable));
  expect(job).toMatchObject({ phase: "ERROR", attempt: 3, error: { type: "transient", message: "later" } });
  expect((await listAttempts(store, job.id)).map(({ outcome }) => outcome)).toEqual(["retried", "retried", "failed"]);
});

test("an aborted job's worker is told at once, and its slot is free again", async () => {
  const started = Promise.withResolvers<string>();
  const cancelled = Promise.withResolvers<string>();
  let first = true;
  const type = await work(async (job) => {
    if (!first) return;
    first = false;
    started.resolve(job.jobId);
    await new Promise<void>((resolve) => job.signal.addEventListener("abort", () => resolve(), { once: true }));
    cancelled.resolve(job.signal.reason.code);
  }, 1);
  const id = await submit(type);
  await started.promise;
  const aborted = await abortJob(store, id);
  if (aborted === false || aborted.token === undefined) throw new Error("The job was not held.");
  dispatch.news.cancel([{ token: aborted.token, reason: "aborted" }]);
  expect(await cancelled.promise).toBe("aborted");
  expect((await ended(await submit(type))).phase).toBe("COMPLETED");
  expect((await ended(id)).phase).toBe("ABORTED");
});

test("an aborted job's worker learns of it by heartbeat when the news is lost", async () => {
  const started = Promise.withResolvers<void>();
  const reason = Promise.withResolvers<string>();
  const type = await work(async (job) => {
    started.resolve();
    await new Promise<void>((resolve) => job.signal.addEventListener("abort", () => resolve(), { once: true }));
    reason.resolve(job.signal.reason.code);
  });
  const id = await submit(type);
  await started.promise;
  // The handler begins before its accept is stored, and who accepts an aborted job is told at once.
  await until(async () => (await getJob(store, "any", id))?.phase === "EXECUTING", "the accept");
  await abortJob(store, id);
  expect(await reason.promise).toBe("fenced");
  expect((await ended(id)).phase).toBe("ABORTED");
});

test("the execution duration ends a job that goes on for too long", async () => {
  const reason = Promise.withResolvers<string>();
  const type = await work(async (job) => {
    await job.result("early", "kept", "text/plain");
    await new Promise<void>((resolve) => job.signal.addEventListener("abort", () => resolve(), { once: true }));
    reason.resolve(job.signal.reason.code);
  });
  const job = await ended(await submit(type, { executionDuration: 1 }));
  expect(job).toMatchObject({ phase: "ABORTED", results: [{ id: "early" }] });
  expect(["timed-out", "fenced"]).toContain(await reason.promise);
});

test("a job that waits before any worker is there runs once one comes", async () => {
  const type = `type-${crypto.randomUUID()}`;
  const id = await submit(type);
  await serve(type, async () => {});
  expect((await ended(id)).phase).toBe("COMPLETED");
});

test("a job whose doorbell was never rung is found by the keeper", async () => {
  const type = await work(async () => {});
  const id = newJobId();
  const { sql } = store;
  await sql`
    insert into jobs (id, service, type, description, phase, creation_time, queued_at, execution_duration, parameters, max_attempts)
    values (${id}, 'any', ${type}, 'd', 'QUEUED', uws_now(), uws_now(), 0, '[]', 3)`;
  expect((await ended(id)).phase).toBe("COMPLETED");
});

test("a job that was published and whose message was lost is rung again", async () => {
  const type = await work(async () => {});
  const id = newJobId();
  const { sql } = store;
  await sql`
    insert into jobs (id, service, type, description, phase, creation_time, queued_at, dispatched_at, execution_duration, parameters, max_attempts)
    values (${id}, 'any', ${type}, 'd', 'QUEUED', uws_now(), uws_now(), uws_now(), 0, '[]', 3)`;
  expect((await ended(id)).phase).toBe("COMPLETED");
});

test("a job given back with a checkpoint goes on from there", async () => {
  const states: string[] = [];
  const type = await work(async (job) => {
    const state = new TextDecoder().decode(job.checkpoint);
    states.push(state);
    if (state === "") job.release("made room", new TextEncoder().encode("step 1"));
  });
  const job = await ended(await submit(type));
  expect(job).toMatchObject({ phase: "COMPLETED", attempt: 2 });
  expect(states).toEqual(["", "step 1"]);
  expect((await listAttempts(store, job.id)).map(({ outcome }) => outcome)).toEqual(["released", "completed"]);
});
