import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { type ClaimedJob, UwsClient, UwsClientError } from "@uws/client";
import { type Site, startSite } from "../support/site.ts";

/** A worker without gRPC that is written with `packages/client`, and a server of ours. */

let site: Site;
let client: UwsClient;
/** Called with each PATCH that has been answered; what it throws, the worker hears instead of the answer. */
let onPatch: () => void = () => {};
/** For which the answer to each PATCH waits. */
let onAnswer: (signal: AbortSignal) => Promise<void> = async () => {};
beforeAll(async () => {
  site = await startSite();
  client = new UwsClient(site.client("simulate").jobListUrl, {
    format: "json",
    async fetch(request) {
      const answer = await fetch(request);
      if (request.method === "PATCH") {
        onPatch();
        await onAnswer(request.signal);
      }
      return answer;
    },
  });
});
beforeEach(() => {
  onPatch = () => {};
  onAnswer = async () => {};
});
afterAll(() => site.stop());

async function claimNew(files: Record<string, File> = {}): Promise<ClaimedJob> {
  await client.create({ STEPS: 7 }, { run: true, runId: "night 7", executionDuration: 60, files });
  const [job, ...more] = await client.claim({ worker: "script", types: ["simulate"], max: 5 });
  if (job === undefined || more.length > 0) throw new Error(`${more.length} more jobs`);
  return job;
}

/** The log lines of a job that has ended. */
async function logOf(job: ClaimedJob): Promise<unknown[]> {
  const lines: unknown[] = [];
  for await (const event of client.job(job.url).events()) {
    if (event.type === "other" && event.name === "log") lines.push(event.data);
  }
  return lines;
}

test("a claim gives all that a worker must know, and reads what was uploaded", async () => {
  const job = await claimNew({ TABLE: new File(["ra,dec"], "t.csv", { type: "text/csv" }) });
  expect(job).toMatchObject({
    type: "simulate",
    typeVersion: expect.any(String),
    attempt: 1,
    runId: "night 7",
    ownerId: undefined,
    executionDuration: 60,
    checkpoint: undefined,
    traceContext: {},
    lease: 2.5,
    heartbeat: 0.3,
  });
  expect(job.parameters).toEqual([
    { name: "STEPS", value: "7", byReference: false },
    { name: "TABLE", value: expect.stringContaining(job.url), byReference: true, mediaType: "text/csv", size: 6 },
  ]);
  expect(await (await job.parameter("TABLE")).text()).toBe("ra,dec");
  expect(await client.job(job.jobId).get()).toMatchObject({ phase: "EXECUTING", worker: "script" });
  expect(await client.claim({ worker: "script" })).toEqual([]);
  expect(await job.complete()).toEqual({ phase: "COMPLETED" });
});

test("what is reported at once is stored in turn, and results are references or texts", async () => {
  const job = await claimNew();
  const reports = [1, 2, 3].map((n) => job.report({ log: [{ message: `line ${n}` }] }));
  reports.push(job.report({ progress: { fraction: 0.5, message: "half", counters: { rows: 5 } } }));
  expect(await Promise.all(reports)).toEqual(Array.from({ length: 4 }, () => ({ phase: "EXECUTING" as const })));
  const results = [
    { id: "table", href: "https://example.org/t.csv", mediaType: "text/csv", size: 12 },
    { id: "answer", content: "42" },
  ];
  await job.complete({ results });
  const ended = await client.job(job.url).get();
  expect(ended).toMatchObject({ phase: "COMPLETED", progress: { fraction: 1, message: "half" } });
  expect(ended.results.map(({ id, mediaType, size }) => [id, mediaType, size])).toEqual([
    ["table", "text/csv", 12],
    ["answer", "text/plain; charset=utf-8", 2],
  ]);
  expect(await (await client.job(job.url).download("answer")).text()).toBe("42");
  expect(await logOf(job)).toMatchObject([1, 2, 3].map((n) => ({ message: `line ${n}` })));
});

test("a report whose answer is lost is stored once, whoever sends it again", async () => {
  const job = await claimNew();
  let lost = 0;
  onPatch = () => {
    if (lost++ === 0) throw new Error("lost");
  };
  await job.report({ log: [{ message: "first" }] });
  expect(lost).toBe(2);

  // One that is given up: what comes next begins after what the server has.
  const leaving = new AbortController();
  onPatch = () => {
    leaving.abort(new Error("left"));
    throw new Error("lost");
  };
  await expect(job.report({ log: [{ message: "second" }] }, leaving)).rejects.toThrow("left");
  onPatch = () => {};
  await job.report({ log: [{ message: "third" }] });
  await job.complete();
  expect(await logOf(job)).toMatchObject(["first", "second", "third"].map((message) => ({ message })));
});

test("a job fails with its reason, and is given back with a checkpoint from which it goes on", async () => {
  const failed = await claimNew();
  expect(await failed.fail({ message: "no disk", type: "transient", detail: "at all" })).toEqual({ phase: "ERROR" });
  expect((await client.job(failed.url).get()).errorSummary).toEqual({
    type: "transient",
    hasDetail: true,
    message: "no disk",
  });
  expect(await client.job(failed.url).error()).toContain("at all");

  const checkpoint = Uint8Array.from({ length: 20_000 }, (_, index) => index % 256);
  const first = await claimNew();
  expect(await first.release("lunch", { checkpoint })).toEqual({ phase: "SUSPENDED" });
  const [second] = await client.claim({ worker: "another" });
  expect([second?.jobId, second?.checkpoint]).toEqual([first.jobId, checkpoint]);
  await second?.complete();
});

test("a report that the server does not understand changes nothing, and the next one is stored", async () => {
  const job = await claimNew();
  const wrong = job.report({ log: [{ message: "never" }], results: [{ id: "no/id", content: "" }] });
  await expect(wrong).rejects.toMatchObject({ name: "UwsClientError", status: 400, code: "invalid" });
  await job.report({ log: [{ message: "stored" }] });
  await job.complete();
  expect(await logOf(job)).toMatchObject([{ message: "stored" }]);
});

test("work is kept by heartbeats, also past an answer that is lost", async () => {
  const job = await claimNew();
  const beats = Promise.withResolvers<void>();
  let count = 0;
  onPatch = () => {
    count += 1;
    if (count === 1) throw new Error("lost");
    if (count === 3) beats.resolve();
  };
  expect(await job.keep(async () => beats.promise.then(() => "done"))).toBe("done");
  await job.complete();
  expect((await client.job(job.url).get()).phase).toBe("COMPLETED");
});

test("a server that never answers is no answer, in the client's own error, when the lease is over", async () => {
  const job = await claimNew();
  onAnswer = (signal) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  const failed = await job.report({ log: [{ message: "heard" }] }).catch((error) => error);
  expect(failed).toBeInstanceOf(UwsClientError);
  expect(failed).toMatchObject({ method: "PATCH", status: undefined, transient: true });
  await client.job(job.url).delete();
});

test("work stops when its job is aborted or gone, and says so in the client's own error", async () => {
  const until = (signal: AbortSignal) =>
    new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("stopped"))));
  const aborted = await claimNew();
  const keeping = aborted.keep(until);
  await client.job(aborted.url).abort();
  await expect(keeping).rejects.toMatchObject({ name: "UwsClientError", status: 409, code: "fenced" });
  await expect(aborted.complete()).rejects.toMatchObject({ code: "fenced" });

  const gone = await claimNew();
  const lost = gone.keep(until);
  await client.job(gone.url).delete();
  await expect(lost).rejects.toMatchObject({ name: "UwsClientError", status: 404 });

  // Whoever leaves by himself hears nothing of that.
  const left = await claimNew();
  const leaving = new AbortController();
  const working = left.keep(until, leaving);
  leaving.abort();
  await expect(working).rejects.toThrow("stopped");
  await left.release();
});

test("a claim that asks for what the service has not is refused", async () => {
  await expect(client.claim({ worker: "script", types: ["cook"] })).rejects.toMatchObject({ code: "invalid" });
  await expect(client.claim({ worker: "" })).rejects.toBeInstanceOf(UwsClientError);
});
