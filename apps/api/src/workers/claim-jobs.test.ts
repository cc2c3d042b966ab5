import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { addWorkerToken, hashToken, limitType, newWorkerToken, pauseType } from "@uws/store";
import { type WorkerFixture, workerFixture } from "./testing.ts";

let api: WorkerFixture;
beforeAll(async () => {
  api = await workerFixture();
});
beforeEach(async () => {
  await api.store.sql`delete from jobs`;
});
afterAll(() => api.close());

const idOf = (url: string) => url.split("/").at(-1) ?? "";
const create = async (fields: Record<string, string> = {}) =>
  idOf(await api.create(api.frees, { PHASE: "RUN", ...fields }));
const ids = (jobs: readonly { readonly jobId: string }[]) => jobs.map(({ jobId }) => jobId);

async function tokenFor(types: readonly string[] | undefined): Promise<string> {
  const token = newWorkerToken();
  const known = { name: crypto.randomUUID(), hash: hashToken(token), types, lifetime: undefined };
  await addWorkerToken(api.store, known, 100);
  return token;
}

test("a claim gives jobs that run, with all that a worker must know", async () => {
  const id = await create({ DURATION: "3", RUNID: "night", EXECUTIONDURATION: "60" });
  const answer = await api.ask({ worker: "curl" });
  const { lease, heartbeat } = api.config.timing;
  expect(await answer.json()).toEqual({
    jobs: [
      {
        jobId: id,
        href: `${api.frees}/${id}`,
        type: "free",
        typeVersion: "1.0.0",
        attempt: 1,
        token: expect.stringMatching(new RegExp(`^${id}[.]`)),
        runId: "night",
        ownerId: null,
        executionDuration: 60,
        parameters: [{ name: "DURATION", value: "3" }],
        checkpoint: null,
        traceContext: {},
      },
    ],
    lease: lease / 1000,
    heartbeat: heartbeat / 1000,
  } as never);
  expect(await api.job({ href: `${api.frees}/${id}` })).toMatchObject({
    phase: "EXECUTING",
    worker: "curl",
    attempt: 1,
  });
  expect(await api.claim()).toEqual([]);
});

test("jobs come in the order of the queue, those that were handed to it and those that were not", async () => {
  const published = [await create(), await create()];
  await api.dispatch.doorbell.settled();
  // Not rung for: their places are given by the claim.
  await api.store.sql`update jobs set dispatched_at = dispatched_at - interval '1 minute'`;
  const quiet = [await create(), await create(), await create()];
  await api.dispatch.doorbell.settled();
  await api.store.sql`update jobs set dispatched_at = null where id = any(${quiet}::uuid[])`;
  await api.store.sql`update jobs set priority = 5 where id = ${quiet[2] ?? ""}`;
  expect(ids(await api.claim(2))).toEqual(published);
  expect(ids(await api.claim(10))).toEqual([quiet[2] ?? "", quiet[0] ?? "", quiet[1] ?? ""]);
});

test("owners take turns", async () => {
  const many = [await create(), await create(), await create()];
  const one = await create();
  await api.dispatch.doorbell.settled();
  await api.store.sql`update jobs set dispatched_at = null, owner = case when id = ${one} then 'one' else 'many' end`;
  expect(ids(await api.claim(4))).toEqual([many[0] ?? "", one, many[1] ?? "", many[2] ?? ""]);
});

test("many workers at once: each job is given to one of them", async () => {
  const created = await Promise.all(Array.from({ length: 20 }, () => create()));
  await api.dispatch.doorbell.settled();
  const claimed: string[] = [];
  // Whoever has lost a race for all that it saw may get less than there is; asked again, it gets it.
  for (let rest = created.length; rest > 0; rest = created.length - claimed.length) {
    const all = await Promise.all(Array.from({ length: 5 }, () => api.claim(4)));
    claimed.push(...all.flatMap(ids));
  }
  expect(claimed.toSorted()).toEqual(created.toSorted());
});

test("no job of a paused type is given, and of a limited one no more than may run", async () => {
  const created = [await create(), await create(), await create()];
  await api.dispatch.doorbell.settled();
  await pauseType(api.store, "free", true);
  expect(await api.claim(5)).toEqual([]);
  await pauseType(api.store, "free", false);
  await limitType(api.store, "free", { concurrency: 2, ownerConcurrency: undefined });
  try {
    const two = await api.claim(5);
    expect(ids(two)).toEqual(created.slice(0, 2));
    expect(await api.claim(5)).toEqual([]);
    for (const job of two.slice(1)) await api.report(job, { phase: "COMPLETED" });
    expect(ids(await api.claim(5))).toEqual(created.slice(2));
  } finally {
    await limitType(api.store, "free", { concurrency: undefined, ownerConcurrency: undefined });
  }
});

test("jobs of the same type at another service are not given here", async () => {
  const id = await create();
  await api.store.sql`update jobs set service = 'elsewhere' where id = ${id}`;
  expect(await api.claim()).toEqual([]);
});

test("a token lets in to the types that it covers", async () => {
  await create();
  const bearer = async (types: readonly string[] | undefined) => ({ authorization: `Bearer ${await tokenFor(types)}` });
  expect((await api.ask({ worker: "w" }, await bearer(["cone"]))).status).toBe(403);
  expect((await api.ask({ worker: "w", types: ["free"] }, await bearer(["cone"]))).status).toBe(403);
  const unknown = await api.ask({ worker: "w" }, { authorization: "Bearer uwsw_nonsense" });
  expect([unknown.status, unknown.headers.get("www-authenticate")]).toEqual([401, 'Bearer realm="bun-uws"']);
  const answer = await api.ask({ worker: "w", types: ["free"] }, await bearer(["free", "cone"]));
  expect(((await answer.json()) as { jobs: unknown[] }).jobs).toHaveLength(1);
  await create();
  const all = await api.ask({ worker: "w" }, await bearer(undefined));
  expect(((await all.json()) as { jobs: unknown[] }).jobs).toHaveLength(1);
});

test("without a token, requests that came through a proxy or from a web page get nothing", async () => {
  await create();
  expect((await api.ask({ worker: "w" }, { "x-forwarded-for": "192.0.2.1" })).status).toBe(401);
  expect((await api.ask({ worker: "w" }, { via: "1.1 proxy" })).status).toBe(401);
  expect((await api.ask({ worker: "w" }, { origin: "https://example.org" })).status).toBe(403);
  expect((await api.ask({ worker: "w" }, { "sec-fetch-site": "cross-site" })).status).toBe(403);
  expect(await api.claim()).toHaveLength(1);
});

test.each([
  [{ UWS_GRPC_REQUIRE_TOKEN: "true" }],
  [{ UWS_PUBLIC_URL: "https://example.org" }],
  [{ UWS_TRUSTED_PROXIES: "10.0.0.0/8" }],
  [{ UWS_GRPC_HOST: "0.0.0.0", UWS_GRPC_REQUIRE_TOKEN: "false" }],
  [{ UWS_HOST: "0.0.0.0", UWS_GRPC_HOST: "127.0.0.1", UWS_GRPC_REQUIRE_TOKEN: "false" }],
])("a server that others may reach wants a token: %p", async (environment) => {
  const other = await workerFixture({ environment });
  try {
    const answer = await other.ask({ worker: "w" });
    expect([answer.status, answer.headers.get("www-authenticate")]).toEqual([401, 'Bearer realm="bun-uws"']);
  } finally {
    await other.close();
  }
});

test.each([
  [{}, "worker"],
  [{ worker: "" }, "worker must NOT have fewer than 1 characters"],
  [{ worker: "w", max: 0 }, "max must be >= 1"],
  [{ worker: "w", max: 101 }, "max must be <= 100"],
  [{ worker: "w", types: ["cone"] }, 'types: "cone" is not one of free'],
  [{ worker: "w", slots: 1 }, 'must not have the member "slots"'],
  [[], "The body must be object"],
])("a claim that makes no sense is refused: %p", async (body, detail) => {
  const answer = await api.ask(body);
  expect(answer.status).toBe(400);
  expect(((await answer.json()) as { detail: string }).detail).toContain(detail);
});

test("a claim is JSON", async () => {
  expect((await api.post(api.claims, new URLSearchParams({ worker: "w" }))).status).toBe(415);
});

test("jobs are given while NATS is away", async () => {
  const alone = await workerFixture({ natsUrl: "nats://127.0.0.1:1" });
  try {
    const job = await alone.work({ A: "1" });
    expect(job.parameters).toEqual([{ name: "A", value: "1" }]);
    expect(await alone.report(job, { phase: "COMPLETED" })).toMatchObject({ phase: "COMPLETED" });
  } finally {
    await alone.close();
  }
});
