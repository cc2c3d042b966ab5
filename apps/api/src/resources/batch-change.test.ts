import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import type { CancelNews, JobNews } from "@uws/dispatch";
import { createJob, newJobId } from "@uws/store";
import { until } from "@uws/testing";
import { type ApiFixture, apiFixture } from "../testing.ts";

let api: ApiFixture;
const cancels: CancelNews[] = [];
const news: JobNews[] = [];
beforeAll(async () => {
  api = await apiFixture();
  api.dispatch.news.onCancel((cancel) => cancels.push(cancel));
  api.dispatch.news.onJob((job) => news.push(job));
});
beforeEach(async () => {
  await api.store.sql`delete from jobs`;
  cancels.length = 0;
  news.length = 0;
});
afterAll(() => api.close());

interface Answer {
  readonly action: string;
  readonly dryRun: boolean;
  readonly jobs: readonly string[];
  readonly refused: readonly { readonly jobId: string; readonly code: string; readonly detail: string }[];
  readonly next: string | null;
}

const json = { "content-type": "application/json", accept: "application/json" };
const idOf = (url: string) => url.split("/").at(-1) ?? "";
const ask = async (action: string, body: object): Promise<Answer> => {
  const answer = await api.post(`${api.cones}/batch/${action}`, JSON.stringify(body), json);
  if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Answer;
};
const refusal = async (action: string, body: object) => {
  const answer = await api.post(`${api.cones}/batch/${action}`, JSON.stringify(body), json);
  return { status: answer.status, detail: ((await answer.json()) as { detail: string }).detail };
};
const phase = async (url: string) => {
  const answer = await api.request(`${url}/phase`);
  return answer.status === 200 ? await answer.text() : answer.status;
};
const create = (fields: Record<string, string> = {}) => api.create(api.cones, { RADIUS: "1", ...fields });

/** A job of somebody else. */
async function foreign(): Promise<string> {
  const [mine] = await api.store.sql<
    { description: string }[]
  >`select digest as description from descriptions where type = 'cone'`;
  const id = newJobId();
  await createJob(api.store, {
    id,
    service: "cone",
    type: "cone",
    description: mine?.description ?? "",
    owner: "somebody",
    runId: "night",
    parameters: [],
    executionDuration: 0,
    destruction: undefined,
    maxAttempts: 1,
    run: true,
  });
  return id;
}

test("abort by run id stops what can be aborted, and tells workers and clients", async () => {
  const running = await create({ PHASE: "RUN", RUNID: "night" });
  const attempt = await api.start(running);
  const pending = await create({ RUNID: "night" });
  const other = await create({ RUNID: "day" });
  const completed = await create({ PHASE: "RUN", RUNID: "night" });
  await api.complete(await api.start(completed));
  const theirs = await foreign();
  expect(await ask("abort", { runId: "night" })).toEqual({
    action: "abort",
    dryRun: false,
    jobs: [pending, running].map(idOf),
    refused: [],
    next: null,
  });
  expect(await Promise.all([running, pending, other, completed].map(phase))).toEqual([
    "ABORTED",
    "ABORTED",
    "PENDING",
    "COMPLETED",
  ]);
  const [untouched] = await api.store.sql`select phase from jobs where id = ${theirs}`;
  expect(untouched?.phase).toBe("QUEUED");
  await until(() => cancels.length > 0 && news.filter((each) => each.phase === "ABORTED").length === 2, "the news");
  expect(cancels).toEqual([{ token: attempt.token, reason: "aborted" }]);
});

test("a dry run says what would be done, and does nothing", async () => {
  const job = await create();
  expect(await ask("delete", { runId: "none", dryRun: true })).toMatchObject({ jobs: [], dryRun: true });
  expect(await ask("delete", { phase: ["PENDING"], dryRun: true })).toMatchObject({ jobs: [idOf(job)], dryRun: true });
  expect(await ask("abort", { id: [idOf(job)], dryRun: true })).toMatchObject({ jobs: [idOf(job)] });
  expect(await phase(job)).toBe("PENDING");
});

test("one request changes as many as its limit, and next goes on until there are none", async () => {
  const jobs: string[] = [];
  for (let index = 0; index < 5; index += 1) jobs.unshift(await create({ RUNID: "a b&c" }));
  const done: string[][] = [];
  const first = await ask("abort", { runId: "a b&c", limit: 2 });
  done.push([...first.jobs]);
  for (let { next } = first; next !== null; ) {
    const answer = (await (await api.post(next)).json()) as Answer;
    done.push([...answer.jobs]);
    next = answer.next;
  }
  expect(done).toEqual([jobs.slice(0, 2), jobs.slice(2, 4), jobs.slice(4)].map((part) => part.map(idOf)));
  expect(await phase(jobs[4] ?? "")).toBe("ABORTED");
});

test("delete and archive by filter: archived jobs are deleted only where they are named", async () => {
  const completed = await create({ PHASE: "RUN" });
  const attempt = await api.start(completed);
  await api.addResult(attempt, "result", "a,b");
  await api.complete(attempt);
  const pending = await create();
  expect(await ask("archive", { after: "1970" })).toMatchObject({ jobs: [idOf(completed)] });
  expect(await phase(completed)).toBe("ARCHIVED");
  expect(await (await api.request(`${completed}/results`)).text()).not.toContain("<uws:result ");
  expect(await ask("delete", { after: "1970" })).toMatchObject({ jobs: [idOf(pending)] });
  expect(await ask("delete", { phase: "ARCHIVED" })).toMatchObject({ jobs: [idOf(completed)] });
  expect(await Promise.all([completed, pending].map(phase))).toEqual([404, 404]);
});

test("a running job that is deleted is taken from its worker", async () => {
  const running = await create({ PHASE: "RUN" });
  const attempt = await api.start(running);
  await ask("delete", { phase: "EXECUTING" });
  await until(() => cancels.length > 0, "the cancel");
  expect(cancels).toEqual([{ token: attempt.token, reason: "destroyed" }]);
});

test("by ids: each that cannot be changed is told, with the reason", async () => {
  const pending = idOf(await create());
  const completed = await create({ PHASE: "RUN" });
  await api.complete(await api.start(completed));
  const theirs = await foreign();
  const elsewhere = idOf(await api.create(api.frees));
  const ids = [pending, idOf(completed), theirs, elsewhere, "nonsense"];
  expect(await ask("abort", { id: ids })).toEqual({
    action: "abort",
    dryRun: false,
    jobs: [pending],
    refused: [
      { jobId: idOf(completed), code: "forbidden", detail: "The job is COMPLETED and cannot be aborted." },
      { jobId: theirs, code: "forbidden", detail: "This job belongs to somebody else." },
      { jobId: elsewhere, code: "not_found", detail: "There is no such job here." },
      { jobId: "nonsense", code: "not_found", detail: "There is no such job here." },
    ],
    next: null,
  });
});

test("what could mean more than was meant is refused, and nothing is done", async () => {
  const job = await create();
  expect(await refusal("delete", {})).toMatchObject({
    status: 400,
    detail: expect.stringContaining("filter is required"),
  });
  expect(await refusal("delete", { run_id: "x" })).toMatchObject({
    status: 400,
    detail: expect.stringContaining('"run_id"'),
  });
  expect(await refusal("abort", { phase: "COMPLETED" })).toEqual({
    status: 400,
    detail: "PHASE=COMPLETED: cannot be aborted; allowed: PENDING, HELD, QUEUED, EXECUTING, UNKNOWN, SUSPENDED",
  });
  expect(await refusal("abort", { phase: "PENDING", cursor: "x" })).toMatchObject({ status: 400 });
  expect(await phase(job)).toBe("PENDING");
  expect((await api.request(`${api.cones}/batch/delete`)).status).toBe(405);
});

test("filters may stand in the query, and a thousand ids in the body", async () => {
  const job = await create();
  const answer = await api.post(`${api.cones}/batch/abort?phase=PENDING&dryRun=true`);
  expect(await answer.json()).toMatchObject({ jobs: [idOf(job)], dryRun: true });
  const ids = [...Array.from({ length: 999 }, () => newJobId()), idOf(job)];
  const many = await ask("abort", { id: ids });
  expect([many.jobs, many.refused.length]).toEqual([[idOf(job)], 999]);
});
