import { afterAll, beforeAll, expect, test } from "bun:test";
import { dirname, join } from "node:path";
import {
  credentials,
  type GrpcObject,
  loadPackageDefinition,
  Metadata,
  type ServiceClientConstructor,
  type StatusObject,
  status,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { type Hello, WorkerService } from "@uws/protocol";
import { getJob, listAttempts, openStore, removeWorkerToken } from "@uws/store";
import { until } from "@uws/testing";
import { type JobHandler, startWorker, type Worker } from "@uws/worker";
import { silentLogger } from "@uws/worker/testing";
import pino from "pino";
import { bareWorker } from "./bare-worker.ts";
import type { Gateway } from "./gateway.ts";
import { type House, openTestHouse } from "./testing.ts";
import { WorkerTokens } from "./worker-tokens.ts";

let house: House;
/** In plain text on loopback, and with tokens all the same. */
let gateway: Gateway;
const workers: Worker[] = [];
const tokens: string[] = [];

beforeAll(async () => {
  house = await openTestHouse();
  gateway = await house.gateway({ requireToken: true });
});
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.stop()));
  await house.close();
});

async function addToken(options?: Parameters<House["token"]>[0]): Promise<string> {
  const token = await house.token(options);
  tokens.push(token);
  return token;
}

async function work(type: string, token: string, handler: JobHandler): Promise<Worker> {
  const worker = await startWorker({
    address: gateway.address,
    token,
    jobs: { [type]: handler },
    handleSignals: false,
    logger: silentLogger,
  });
  workers.push(worker);
  return worker;
}

function metadataOf(token: string | undefined): Metadata {
  const metadata = new Metadata();
  if (token !== undefined) metadata.set("authorization", `Bearer ${token}`);
  return metadata;
}

const connect = (metadata: Metadata, hello: Hello) => bareWorker(gateway.address, hello, metadata);

/** Connects, takes one job and starts it. */
async function hold(type: string, token: string, instanceId: string) {
  const session = connect(metadataOf(token), { jobTypes: [type], instanceId });
  await session.take("welcome");
  session.stream.write({ credit: { totalSlots: 1 } });
  const job = await house.submit(type);
  const attemptToken = (await session.take("assign")).attemptToken;
  session.stream.write({ accept: { attemptToken } });
  await until(async () => (await getJob(house.store, "any", job))?.phase === "EXECUTING", "EXECUTING");
  return { ...session, job, attemptToken };
}

async function upload(token: string | undefined, attemptToken: string): Promise<status | undefined> {
  const client = new WorkerService(gateway.address, credentials.createInsecure());
  const { promise, resolve } = Promise.withResolvers<status | undefined>();
  const call = client.uploadResult(metadataOf(token), (error) => resolve(error?.code));
  call.on("error", () => {});
  call.write({ header: { attemptToken, id: "r", mediaType: "text/plain" } });
  call.write({ data: Buffer.alloc(1_000_000) });
  call.write({ end: {} });
  call.end();
  return await promise.finally(() => client.close());
}

async function download(token: string | undefined, attemptToken: string): Promise<status> {
  const client = new WorkerService(gateway.address, credentials.createInsecure());
  const { promise, resolve } = Promise.withResolvers<status>();
  const call = client.downloadParameter({ attemptToken, name: "file" }, metadataOf(token));
  call.on("data", () => {});
  call.on("error", () => {});
  call.on("status", ({ code }) => resolve(code));
  return await promise.finally(() => client.close());
}

/** A service that stands in a package's own .proto file. */
function standardService(packageName: string, file: string, name: string) {
  const folder = dirname(Bun.resolveSync(`${packageName}/package.json`, import.meta.dir));
  let found: unknown = loadPackageDefinition(loadSync(join(folder, file), { enums: String }));
  for (const part of name.split(".")) found = (found as GrpcObject)[part];
  return new (found as ServiceClientConstructor)(gateway.address, credentials.createInsecure());
}

test("a worker with a token runs jobs, uploads included", async () => {
  const worker = await work("with-token", await addToken(), async (job) => {
    await job.result("large", new Uint8Array(200_000), "application/octet-stream");
  });
  await worker.ready;
  const job = await house.submit("with-token");
  await until(async () => (await getJob(house.store, "any", job))?.phase === "COMPLETED", "the end of the job");
});

test("every call without a valid token ends with UNAUTHENTICATED", async () => {
  const valid = await addToken();
  const expired = await addToken({ lifetime: 0 });
  const wrong = new Map<string, Metadata>([
    ["none", metadataOf(undefined)],
    ["unknown", metadataOf(`uwsw_${"x".repeat(43)}`)],
    ["expired", metadataOf(expired)],
    ["longer", metadataOf(`${valid}x`)],
    ["shorter", metadataOf(valid.slice(0, -1))],
    ["too long", metadataOf("x".repeat(5000))],
  ]);
  const basic = new Metadata();
  basic.set("authorization", `Basic ${valid}`);
  for (const [kind, metadata] of wrong.set("another scheme", basic)) {
    const { code, details } = await connect(metadata, { jobTypes: ["any"] }).ended;
    expect([kind, status[code]]).toEqual([kind, "UNAUTHENTICATED"]);
    expect(details).toMatch(/must show its token|is not valid/);
  }
  for (const token of [undefined, "uwsw_unknown", expired]) {
    expect(await upload(token, "any")).toBe(status.UNAUTHENTICATED);
    expect(await download(token, "any")).toBe(status.UNAUTHENTICATED);
  }
  // The same calls with a token get past this.
  expect(await upload(valid, "any")).toBe(status.FAILED_PRECONDITION);
  expect(await download(valid, "any")).toBe(status.FAILED_PRECONDITION);
});

test("health is open to probes, reflection is not open to strangers", async () => {
  const health = standardService("grpc-health-check", "proto/health/v1/health.proto", "grpc.health.v1.Health");
  const checked = Promise.withResolvers<unknown>();
  health.check?.({ service: "" }, (error: Error | null, answer: unknown) => checked.resolve(error ?? answer));
  expect(await checked.promise).toMatchObject({ status: "SERVING" });
  health.close();

  const reflection = standardService(
    "@grpc/reflection",
    "build/proto/grpc/reflection/v1/reflection.proto",
    "grpc.reflection.v1.ServerReflection",
  );
  for (const [token, outcome] of [
    [undefined, status.UNAUTHENTICATED],
    [await addToken(), "answered"],
  ] as const) {
    const answered = Promise.withResolvers<unknown>();
    const call = reflection.serverReflectionInfo?.(metadataOf(token));
    call?.on("data", () => answered.resolve("answered"));
    call?.on("error", () => {});
    call?.on("status", ({ code }: StatusObject) => answered.resolve(code));
    call?.write({ listServices: "" });
    expect(await answered.promise).toBe(outcome);
    call?.end();
  }
  reflection.close();
});

test("the SDK says that its token is refused", async () => {
  const worker = await work("refused", "uwsw_unknown", async () => {});
  await expect(worker.ready).rejects.toThrow(/token is not valid.*UNAUTHENTICATED/);
});

test("a token that is limited to job types covers no other, and the refusal names it", async () => {
  const token = await addToken({ name: "limited", types: ["covered", "covered-too"] });
  const both = connect(metadataOf(token), { jobTypes: ["covered", "covered-too"] });
  await both.take("welcome");
  both.stream.end();
  const { code, details } = await connect(metadataOf(token), { jobTypes: ["covered", "other"] }).ended;
  expect([status[code], details]).toEqual(["PERMISSION_DENIED", "The token limited does not cover job type other."]);
});

test("an attempt of a type that the token does not cover cannot be held, kept alive, written or read", async () => {
  const owner = await hold("theirs", await addToken(), crypto.randomUUID());
  const foreign = await addToken({ types: ["mine"] });
  expect(await upload(foreign, owner.attemptToken)).toBe(status.PERMISSION_DENIED);
  expect(await download(foreign, owner.attemptToken)).toBe(status.PERMISSION_DENIED);
  const thief = connect(metadataOf(foreign), {
    jobTypes: ["mine"],
    held: [{ attemptToken: owner.attemptToken, acknowledgedSequence: 0 }],
  });
  expect((await thief.take("welcome"))?.held).toMatchObject([{ attemptToken: owner.attemptToken, valid: false }]);
  thief.stream.write({ heartbeat: { attemptTokens: [owner.attemptToken] } });
  expect(await thief.take("fenced")).toMatchObject({ attemptToken: owner.attemptToken });
  thief.stream.write({ complete: { attemptToken: owner.attemptToken } });
  expect(await thief.take("fenced")).toMatchObject({ attemptToken: owner.attemptToken });
  thief.stream.end();
  owner.stream.write({ complete: { attemptToken: owner.attemptToken } });
  await owner.take("ended");
  expect((await getJob(house.store, "any", owner.job))?.phase).toBe("COMPLETED");
  owner.stream.end();
});

test("a second session of an instance replaces the first, whatever its token, and holds only what it can name", async () => {
  const instanceId = crypto.randomUUID();
  const first = await hold("taken-over", await addToken(), instanceId);
  // Who is not let in replaces nobody.
  await connect(metadataOf("uwsw_unknown"), { jobTypes: ["taken-over"], instanceId }).ended;
  const limited = metadataOf(await addToken({ types: ["other"] }));
  await connect(limited, { jobTypes: ["taken-over"], instanceId }).ended;
  first.stream.write({ heartbeat: { attemptTokens: [first.attemptToken] } });
  first.stream.write({
    event: { attemptToken: first.attemptToken, sequence: 1, log: { level: "INFO", message: "m" } },
  });
  await first.take("eventAck");

  const second = connect(metadataOf(await addToken()), { jobTypes: ["taken-over"], instanceId });
  expect((await second.take("welcome"))?.held).toEqual([]);
  expect(status[(await first.ended).code]).toBe("ALREADY_EXISTS");
  second.stream.write({ heartbeat: { attemptTokens: [first.attemptToken] } });
  expect(await second.take("fenced")).toMatchObject({ attemptToken: first.attemptToken });

  const third = connect(metadataOf(await addToken()), {
    jobTypes: ["taken-over"],
    instanceId,
    held: [{ attemptToken: first.attemptToken, acknowledgedSequence: 1 }],
  });
  expect((await third.take("welcome"))?.held).toMatchObject([{ valid: true, acknowledgedSequence: 1 }]);
  third.stream.write({ complete: { attemptToken: first.attemptToken } });
  await third.take("ended");
  third.stream.end();
});

test("a token that is removed ends its sessions, and their jobs run again elsewhere when the lease is over", async () => {
  const removed = await hold("removed", await addToken({ name: "removed" }), crypto.randomUUID());
  const other = await work("removed", await addToken(), async () => {});
  await other.ready;
  expect(await removeWorkerToken(house.store, "removed")).toBe(true);
  const { code, details } = await removed.ended;
  expect([status[code], details]).toEqual(["UNAUTHENTICATED", "The worker's token was removed or has expired."]);
  await until(async () => (await getJob(house.store, "any", removed.job))?.phase === "COMPLETED", "the second attempt");
  expect((await listAttempts(house.store, removed.job)).map(({ outcome }) => outcome)).toEqual(["lost", "completed"]);
});

test("a token that expires ends its sessions", async () => {
  const session = connect(metadataOf(await addToken({ name: "brief" })), { jobTypes: ["brief"] });
  await session.take("welcome");
  await house.store.sql`update worker_tokens set expiry = uws_now() where name = 'brief'`;
  expect(status[(await session.ended).code]).toBe("UNAUTHENTICATED");
});

test("a process lets its own workers in with a token that is stored nowhere", async () => {
  const ownToken = { token: `uwsw_${"o".repeat(43)}`, types: ["own"] };
  tokens.push(ownToken.token);
  const shared = gateway;
  gateway = await house.gateway({ requireToken: true }, { ownToken });
  try {
    const own = connect(metadataOf(ownToken.token), { jobTypes: ["own"] });
    await own.take("welcome");
    own.stream.end();
    expect(status[(await connect(metadataOf(ownToken.token), { jobTypes: ["other"] }).ended).code]).toBe(
      "PERMISSION_DENIED",
    );
  } finally {
    gateway = shared;
  }
  expect(status[(await connect(metadataOf(ownToken.token), { jobTypes: ["own"] }).ended).code]).toBe("UNAUTHENTICATED");
});

test("when tokens cannot be looked up, workers are asked to come again", async () => {
  const store = openStore({ url: "postgres://nobody@127.0.0.1:1/none" });
  const dead = new WorkerTokens(store, 60_000, pino({ level: "silent" }), undefined, () => {});
  await expect(dead.bearerOf("uwsw_any")).rejects.toMatchObject({ code: "unavailable" });
  dead.stop();
  await store.close();
});

test("no token was logged", () => {
  expect(house.logged.length).toBeGreaterThan(10);
  const all = house.logged.join("\n");
  expect(all).toContain('"token":"limited"');
  for (const token of tokens) expect(all).not.toContain(token.slice(5));
});
