import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import type { JobNews } from "@uws/dispatch";
import { listAttempts, listLogLines, loseLeases } from "@uws/store";
import { until } from "@uws/testing";
import { type Claimed, type WorkerFixture, workerFixture } from "./testing.ts";

let api: WorkerFixture;
beforeAll(async () => {
  api = await workerFixture();
});
beforeEach(async () => {
  await api.store.sql`delete from jobs`;
});
afterAll(() => api.close());

const problem = async (answer: Response) => {
  const { code, detail } = (await answer.json()) as { code: string; detail: string };
  return { status: answer.status, code, detail };
};
const logOf = async ({ jobId }: Claimed) => {
  const lines = await listLogLines(api.store, jobId, { attempt: 0, sequence: 0 }, 100);
  return lines.map(({ sequence, level, message }) => `${sequence} ${level} ${message}`);
};
const fenced = { status: 409, code: "fenced" };

test("a job's whole life: progress, log, results, completion", async () => {
  const job = await api.work();
  expect(
    await api.report(job, {
      progress: { fraction: 0.5, message: "half", counters: { rows: 3 } },
      log: [{ message: "began" }, { level: "warn", message: "odd" }],
      results: [
        { id: "table", mediaType: "text/csv", href: "https://example.org/table.csv", size: 12 },
        { id: "summary", content: "3 rows – all fine" },
      ],
    }),
  ).toEqual({ jobId: job.jobId, phase: "EXECUTING", sequence: 5, lease: api.config.timing.lease / 1000 });
  expect(await api.job(job)).toMatchObject({
    phase: "EXECUTING",
    progress: { fraction: 0.5, message: "half", counters: { rows: 3 } },
    results: [
      { id: "table", mediaType: "text/csv", size: 12 },
      { id: "summary", mediaType: "text/plain; charset=utf-8", size: 19 },
    ],
  });
  expect(await logOf(job)).toEqual(["1 info began", "2 warn odd"]);
  expect(await (await api.request(`${job.href}/results/summary`)).text()).toBe("3 rows – all fine");
  const elsewhere = await api.request(`${job.href}/results/table`);
  expect([elsewhere.status, elsewhere.headers.get("location")]).toEqual([303, "https://example.org/table.csv"]);
  expect(await api.report(job, { phase: "COMPLETED" })).toMatchObject({ phase: "COMPLETED" });
  expect(await api.job(job)).toMatchObject({ phase: "COMPLETED", endTime: expect.any(String) });
  expect(await listAttempts(api.store, job.jobId)).toMatchObject([{ worker: "w1", outcome: "completed" }]);
});

test("one request can do it all", async () => {
  const job = await api.work();
  await api.report(job, { results: [{ id: "a", content: "1" }], log: [{ message: "l" }], phase: "COMPLETED" });
  expect(await api.job(job)).toMatchObject({ phase: "COMPLETED", results: [{ id: "a" }] });
});

test("those who wait for the job learn of each change", async () => {
  const heard: JobNews[] = [];
  api.dispatch.news.onJob((news) => heard.push(news));
  const job = await api.work();
  const waiting = api.request(`${job.href}?WAIT=60&PHASE=EXECUTING`, { headers: { accept: "application/json" } });
  await api.report(job, { progress: { fraction: 0.1 } });
  await api.report(job, { phase: "COMPLETED" });
  expect(await (await waiting).json()).toMatchObject({ phase: "COMPLETED" });
  const ofJob = () => heard.filter(({ id }) => id === job.jobId).map(({ phase }) => phase);
  await until(() => ofJob().includes("COMPLETED"), "the news");
  expect(ofJob()).toEqual(["QUEUED", "EXECUTING", undefined, "COMPLETED"]);
});

test("an error tells why", async () => {
  const job = await api.work();
  expect(await api.report(job, { phase: "ERROR", error: { message: "no stars", detail: "line 7" } })).toMatchObject({
    phase: "ERROR",
  });
  expect(await api.job(job)).toMatchObject({
    phase: "ERROR",
    errorSummary: { type: "fatal", message: "no stars", hasDetail: true },
  });
});

test("a failure that may be retried queues the job again, while attempts remain", async () => {
  const job = await api.work();
  const error = { message: "disk full", type: "transient", retryable: true, retryDelay: 0 };
  expect(await api.report(job, { phase: "ERROR", error })).toMatchObject({ phase: "QUEUED" });
  const [again] = await api.claim();
  expect(again).toMatchObject({ jobId: job.jobId, attempt: 2 });
  expect(await problem(await api.patch(job, {}))).toMatchObject(fenced);
  await api.report(again as Claimed, { phase: "COMPLETED" });
  const attempts = await listAttempts(api.store, job.jobId);
  expect(attempts.map(({ outcome }) => outcome)).toEqual(["retried", "completed"]);
});

test("a job that is given back with a checkpoint is SUSPENDED, and goes on from there with the next worker", async () => {
  const job = await api.work();
  await api.report(job, { progress: { fraction: 0.4 } });
  const checkpoint = Buffer.from("row 40").toString("base64");
  expect(await api.report(job, { checkpoint, release: { reason: "night is over" } })).toMatchObject({
    phase: "SUSPENDED",
  });
  const [again] = await api.claim();
  expect(again).toMatchObject({ jobId: job.jobId, attempt: 2, checkpoint });
  expect(await api.job(job)).toMatchObject({ progress: { fraction: 0.4 } });
  expect(await listAttempts(api.store, job.jobId)).toMatchObject([
    { outcome: "released", message: "night is over" },
    { outcome: null },
  ]);
  await api.report(again as Claimed, { phase: "COMPLETED" });
});

test("a job that is given back without one is queued, and begins anew", async () => {
  const job = await api.work();
  await api.report(job, { results: [{ id: "half", content: "x" }] });
  expect(await api.report(job, { release: {} })).toMatchObject({ phase: "QUEUED" });
  expect(await api.job(job)).toMatchObject({ results: [] });
  const [again] = await api.claim();
  await api.report(again as Claimed, { phase: "COMPLETED" });
});

test("a request that is repeated with its sequence number is stored once; one that leaves a gap is refused", async () => {
  const job = await api.work();
  const update = {
    sequence: 1,
    log: [{ message: "one" }, { message: "two" }],
    progress: { fraction: 0.2 },
    results: [{ id: "r", content: "first" }],
  };
  expect(await api.report(job, update)).toMatchObject({ sequence: 4 });
  const results = [{ id: "r", content: "never stored" }];
  expect(await api.report(job, { ...update, results })).toMatchObject({ sequence: 4 });
  expect(await logOf(job)).toEqual(["1 info one", "2 info two"]);
  expect(await (await api.request(`${job.href}/results/r`)).text()).toBe("first");
  // Half of it is new.
  expect(await api.report(job, { sequence: 4, log: [{ message: "old" }, { message: "new" }] })).toMatchObject({
    sequence: 5,
  });
  expect(await logOf(job)).toEqual(["1 info one", "2 info two", "5 info new"]);
  const gap = await problem(await api.patch(job, { sequence: 7, log: [{ message: "x" }], phase: "COMPLETED" }));
  expect(gap).toEqual({
    status: 409,
    code: "conflict",
    detail: "sequence=7: events are missing; the last that is stored is 5",
  });
  expect(await api.job(job)).toMatchObject({ phase: "EXECUTING" });
  // Without a number, it goes on where it stands.
  expect(await api.report(job, { log: [{ message: "more" }] })).toMatchObject({ sequence: 6 });
});

test("any request renews the lease", async () => {
  const job = await api.work();
  const left = async () => {
    const [row] = await api.store.sql<{ left: number }[]>`
      select extract(epoch from lease_until - uws_now())::float8 as left from jobs where id = ${job.jobId}`;
    return row?.left ?? 0;
  };
  await api.store.sql`update jobs set lease_until = uws_now(), phase = 'UNKNOWN' where id = ${job.jobId}`;
  await api.report(job, {});
  expect(await left()).toBeGreaterThan(api.config.timing.lease / 2000);
  expect(await api.job(job)).toMatchObject({ phase: "EXECUTING" });
});

test("a worker whose job was aborted is fenced, and nothing of what it says is stored", async () => {
  const job = await api.work();
  await api.post(`${job.href}/phase`, new URLSearchParams({ PHASE: "ABORT" }));
  const everything = [
    {},
    { log: [{ message: "late" }] },
    { results: [{ id: "late", content: "x" }] },
    { phase: "COMPLETED" },
    { phase: "ERROR", error: { message: "late" } },
    { release: {} },
  ];
  for (const update of everything) expect(await problem(await api.patch(job, update))).toMatchObject(fenced);
  expect(await api.job(job)).toMatchObject({ phase: "ABORTED", results: [], errorSummary: null });
  expect(await logOf(job)).toEqual([]);
});

test("a worker whose lease ran out is fenced once the job is somebody else's", async () => {
  const job = await api.work();
  await api.store.sql`update jobs set lease_until = uws_now() - interval '1 second' where id = ${job.jobId}`;
  await loseLeases(api.store, { base: 0, max: 0 }, 10);
  const [again] = await api.claim();
  expect(again).toMatchObject({ jobId: job.jobId, attempt: 2 });
  expect(await problem(await api.patch(job, { phase: "COMPLETED" }))).toMatchObject(fenced);
  expect(await api.job(job)).toMatchObject({ phase: "EXECUTING", attempt: 2 });
  await api.report(again as Claimed, { phase: "COMPLETED" });
});

test("a job that has ended stays as it is", async () => {
  const job = await api.work();
  await api.report(job, { phase: "COMPLETED" });
  expect(await problem(await api.patch(job, { phase: "ERROR", error: { message: "no" } }))).toMatchObject(fenced);
  expect(await api.job(job)).toMatchObject({ phase: "COMPLETED" });
});

test("without the job's token nobody reports", async () => {
  const [job, other] = [await api.work(), await api.work()];
  const unauthenticated = await api.request(job.href, { method: "PATCH", body: "{}" });
  expect([unauthenticated.status, unauthenticated.headers.get("www-authenticate")]).toEqual([
    401,
    'Bearer realm="bun-uws"',
  ]);
  const basic = { authorization: `Basic ${btoa("a:b")}`, "content-type": "application/json" };
  expect((await api.request(job.href, { method: "PATCH", body: "{}", headers: basic })).status).toBe(401);
  expect((await api.patch({ ...job, token: "nonsense" }, {})).status).toBe(401);
  expect((await api.patch({ ...job, token: other.token }, {})).status).toBe(403);
  const forged = job.token.slice(0, -1) + (job.token.endsWith("A") ? "B" : "A");
  expect(await problem(await api.patch({ ...job, token: forged }, { phase: "COMPLETED" }))).toMatchObject(fenced);
  const elsewhere = `${api.cones}/${job.jobId}`;
  expect((await api.patch({ href: elsewhere, token: job.token }, {})).status).toBe(404);
  await api.request(other.href, { method: "DELETE" });
  expect((await api.patch(other, {})).status).toBe(404);
  expect(await api.job(job)).toMatchObject({ phase: "EXECUTING" });
});

test.each([
  [{ phase: "ABORTED" }, 'phase must be one of "COMPLETED", "ERROR"'],
  [{ phase: "ERROR" }, "error: must be given with the phase ERROR"],
  [{ phase: "COMPLETED", error: { message: "x" } }, "error: must be given with the phase ERROR"],
  [{ phase: "COMPLETED", release: {} }, "release: must not be combined with a phase"],
  [{ progress: { fraction: 2 } }, "progress/fraction must be <= 1"],
  [{ progress: {} }, "progress must have required property 'fraction'"],
  [{ log: ["x"] }, "log/0 must be object"],
  [{ results: [{ id: "a/b", content: "x" }] }, "results/0/id must match pattern"],
  [{ results: [{ id: "a" }] }, "results/0 must have required property 'href'"],
  [{ results: [{ id: "a", href: "javascript:alert(1)" }] }, "must be an absolute http or https URL"],
  [{ results: [{ id: "a", content: "x", mediaType: "no type" }] }, "results/0/mediaType must match pattern"],
  [{ checkpoint: "?" }, "checkpoint must match pattern"],
  [{ sequence: 0 }, "sequence must be >= 1"],
  [{ progres: { fraction: 1 } }, 'must not have the member "progres"'],
  [[], "The body must be object"],
])("an update that makes no sense is refused as a whole: %p", async (update, detail) => {
  const job = await api.work();
  const whole = Array.isArray(update) ? update : { log: [{ message: "not stored" }], ...update };
  const refused = await problem(await api.patch(job, whole));
  expect(refused).toMatchObject({ status: 400, code: "invalid", detail: expect.stringContaining(detail) });
  expect(await logOf(job)).toEqual([]);
  expect(await api.job(job)).toMatchObject({ phase: "EXECUTING" });
});

test("an inline result that is too large is refused, and stays nowhere", async () => {
  const job = await api.work();
  const results = [
    { id: "small", content: "x" },
    { id: "large", content: "ñ".repeat(40_000) },
  ];
  expect(await problem(await api.patch(job, { results }))).toMatchObject({ status: 413, code: "too_large" });
  expect(await api.job(job)).toMatchObject({ results: [] });
});

test("a file that is fenced leaves no bytes behind", async () => {
  const job = await api.work();
  const before = (await api.storedFiles()).length;
  await api.store.sql`update jobs set attempt_token = 'another' where id = ${job.jobId}`;
  await api.patch(job, { results: [{ id: "r", content: "x" }] });
  expect(await api.storedFiles()).toHaveLength(before);
});

test("what was uploaded is read with the job's token, for as long as it holds the job", async () => {
  const form = new FormData();
  form.set("PHASE", "RUN");
  form.set("TABLE", new File(["a,b\n1,2\n"], "t.csv", { type: "text/csv" }));
  const created = await api.post(api.frees, form);
  // Somebody's, so that nobody else may read it.
  const id = created.headers.get("location")?.split("/").at(-1) ?? "";
  await api.store.sql`update jobs set owner = 'somebody' where id = ${id}`;
  const [job] = await api.claim();
  if (job === undefined) throw new Error("no job was claimed");
  expect(job.parameters).toEqual([
    { name: "TABLE", byReference: true, href: `${job.href}/parameters/TABLE`, mediaType: "text/csv", size: 8 },
  ]);
  const get = (path: string, token = job.token) =>
    api.request(job.href + path, { headers: { authorization: `Bearer ${token}` } });
  expect(await (await get("/parameters/TABLE")).text()).toBe("a,b\n1,2\n");
  expect((await api.request(`${job.href}/parameters/TABLE`)).status).toBe(403);
  const other = await api.work();
  expect((await get("/parameters/TABLE", other.token)).status).toBe(401);
  // It reads, and does nothing that is the owner's to do.
  const abort = { method: "POST", body: "PHASE=ABORT", headers: { authorization: `Bearer ${job.token}` } };
  expect((await api.request(`${job.href}/phase`, abort)).status).toBe(401);
  expect((await api.request(job.href, { ...abort, body: null, method: "DELETE" })).status).toBe(401);
  await api.report(job, { phase: "COMPLETED" });
  expect((await get("/parameters/TABLE")).status).toBe(401);
});
