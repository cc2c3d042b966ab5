import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { type ApiFixture, apiFixture } from "../testing.ts";

let api: ApiFixture;
beforeAll(async () => {
  api = await apiFixture({
    services: (configured) =>
      configured.map((service) =>
        service.path === "cone" ? service : { ...service, quota: { active: 3, over: "hold" as const } },
      ),
  });
});
beforeEach(async () => {
  await api.store.sql`delete from jobs`;
});
afterAll(() => api.close());

const json = { "content-type": "application/json", accept: "application/json" };
const send = (list: string, body: unknown, headers: Record<string, string> = {}) =>
  api.post(`${list}/batch`, typeof body === "string" ? body : JSON.stringify(body), { ...json, ...headers });
const problem = async (answer: Response) => ({
  ...((await answer.json()) as { status: number; code: string; detail: string }),
  status: answer.status,
});

test("a batch is created in order, and answered with ids and URLs that exist", async () => {
  const given = Array.from({ length: 5 }, (_, index) => ({
    runId: `run ${index}`,
    ...(index % 2 === 0 ? { phase: "RUN" } : {}),
    parameters: { RADIUS: index + 1 },
  }));
  const answer = await send(api.cones, { jobs: given });
  expect(answer.status).toBe(201);
  const { jobs } = (await answer.json()) as { jobs: { jobId: string; href: string; phase: string }[] };
  expect(jobs.map(({ phase }) => phase)).toEqual(["QUEUED", "PENDING", "QUEUED", "PENDING", "QUEUED"]);
  for (const [index, { href, jobId }] of jobs.entries()) {
    expect(href).toBe(`${api.cones}/${jobId}`);
    const shown = await (await api.request(href, { headers: json })).json();
    expect(shown).toMatchObject({
      jobId,
      runId: `run ${index}`,
      parameters: [{ name: "RADIUS", value: `${index + 1}` }],
    });
  }
});

test("a batch has as many jobs as are allowed, and no more", async () => {
  const jobs = Array.from({ length: 1001 }, () => ({}));
  expect(await problem(await send(api.cones, { jobs }))).toMatchObject({ status: 413, code: "too_large" });
  expect(await api.countJobs()).toBe(0);
  const { jobs: created } = (await (await send(api.cones, { jobs: jobs.slice(1) })).json()) as { jobs: unknown[] };
  expect(created).toHaveLength(1000);
  expect(await api.countJobs()).toBe(1000);
});

test("each error names the index, the parameter, the value and the rule, and nothing is created", async () => {
  const jobs = [
    { parameters: { RADIUS: 1 } },
    { parameters: { RADIUS: 9, BAND: "X" } },
    { phase: "RUN" },
    { phase: "ABORT" },
    7,
    { "": 1 },
  ];
  const refused = await problem(await send(api.cones, { jobs }));
  expect(refused).toMatchObject({ status: 400, code: "invalid" });
  expect(refused.detail.split("\n")).toEqual([
    'jobs[1]: RADIUS="9" must be <= 5',
    'jobs[1]: BAND="X" at 0 must be one of "V", "B", "R"',
    "jobs[2]: RADIUS is required",
    "jobs[3]: PHASE=ABORT: not allowed when a job is created; allowed: RUN",
    "jobs[4]: must be a JSON object",
    "jobs[5]: There is a parameter without a name.",
  ]);
  expect(await api.countJobs()).toBe(0);
});

test("of many errors, the first are told", async () => {
  const jobs = Array.from({ length: 300 }, () => ({ parameters: { RADIUS: 9 } }));
  const { detail } = await problem(await send(api.cones, { jobs }));
  expect(detail.split("\n")).toHaveLength(101);
  expect(detail).toEndWith("\n… and 200 more");
});

test.each([
  ["[]", 400],
  ["{}", 400],
  ['{"jobs": []}', 400],
  ['{"jobs": [{}], "phase": "RUN"}', 400],
  ['{"jobs": {}}', 400],
  ['{"jobs": [{}]', 400],
])("a body that is no batch is refused: %s", async (body, status) => {
  expect((await send(api.cones, body)).status).toBe(status);
  expect(await api.countJobs()).toBe(0);
});

test("a batch is JSON; there is nothing to see", async () => {
  const form = await api.post(`${api.cones}/batch`, new URLSearchParams({ RADIUS: "1" }));
  expect(form.status).toBe(415);
  const got = await api.request(`${api.cones}/batch`);
  expect([got.status, got.headers.get("allow")]).toEqual([405, "POST"]);
});

test("the quota counts for a batch: what is above it is HELD", async () => {
  const answer = await send(api.frees, { jobs: Array.from({ length: 5 }, () => ({ phase: "RUN" })) });
  const { jobs } = (await answer.json()) as { jobs: { phase: string }[] };
  expect(jobs.map(({ phase }) => phase)).toEqual(["QUEUED", "QUEUED", "QUEUED", "HELD", "HELD"]);
});

test("with an Idempotency-Key a repeated batch is answered with the same jobs; another request is a conflict", async () => {
  const key = { "idempotency-key": crypto.randomUUID() };
  const body = { jobs: [{}, { parameters: { RADIUS: 1 } }, {}] };
  const first = (await (await send(api.cones, body, key)).json()) as { jobs: { href: string }[] };
  const repeated = await send(api.cones, body, key);
  expect([repeated.status, await repeated.json()]).toEqual([201, first]);
  expect(await api.countJobs()).toBe(3);
  expect(await problem(await send(api.cones, { jobs: [{}] }, key))).toMatchObject({ status: 409, code: "conflict" });
  const single = await api.post(api.cones, "RADIUS=1", { ...key, "content-type": "application/x-www-form-urlencoded" });
  expect(single.status).toBe(409);
  // One that has gone since is named all the same.
  await api.request(first.jobs[1]?.href ?? "", { method: "DELETE" });
  const { jobs } = (await (await send(api.cones, body, key)).json()) as { jobs: { phase: string | null }[] };
  expect(jobs.map(({ phase }) => phase)).toEqual(["PENDING", null, "PENDING"]);
});

test("the doorbell is rung for a batch: its jobs are dispatched", async () => {
  await send(api.cones, { jobs: [1, 2, 3].map((RADIUS) => ({ phase: "RUN", parameters: { RADIUS } })) });
  await api.dispatch.doorbell.settled();
  const [row] = await api.store.sql`select count(dispatched_at)::int as count from jobs`;
  expect(row?.count).toBe(3);
});
