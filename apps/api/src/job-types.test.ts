import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { JobDescription } from "@uws/description";
import { type ApiFixture, apiFixture } from "./testing.ts";

/** A service with both of the fixture's job types. */
let it: ApiFixture;
let list: string;
let service: string;
beforeAll(async () => {
  it = await apiFixture({
    services: ([cone, free]) =>
      cone === undefined || free === undefined
        ? []
        : [cone, free, { ...cone, path: "many", descriptions: [...cone.descriptions, ...free.descriptions] }],
  });
  service = `${it.api.url}/many`;
  list = `${service}/async`;
});
afterAll(() => it.close());

const json = { accept: "application/json" };
const form = (fields: Record<string, string>) => new URLSearchParams(fields);

async function read(url: string): Promise<Record<string, unknown>> {
  return (await (await it.request(url, { headers: json })).json()) as Record<string, unknown>;
}

async function refusal(answer: Promise<Response>): Promise<string> {
  const { status, ...rest } = await answer.then(async (it) => ({ status: it.status, text: await it.text() }));
  expect([status, rest.text]).toEqual([400, expect.any(String)]);
  return rest.text;
}

describe("a service with several job types", () => {
  test("creates a job of the one that JOBTYPE names, in any case, and shows it as it was sent", async () => {
    const job = await it.create(list, { jobtype: "Cone", RADIUS: "1" });
    expect(await read(job)).toMatchObject({
      type: "cone",
      executionDuration: 60,
      parameters: [
        { name: "jobtype", value: "Cone" },
        { name: "RADIUS", value: "1" },
      ],
    });
    const other = await it.create(list, { ANYTHING: "1", JOBTYPE: "free" });
    expect(await read(other)).toMatchObject({ type: "free", executionDuration: 0 });
  });

  test("takes it from a query, from JSON, inside of parameters and beside them, and from multipart", async () => {
    const multipart = new FormData();
    multipart.set("TABLE", new File(["a,b"], "t.csv", { type: "text/csv" }));
    multipart.set("JOBTYPE", "cone");
    for (const answer of [
      await it.post(`${list}?JOBTYPE=cone`),
      await it.post(list, JSON.stringify({ JOBTYPE: "cone" }), { "content-type": "application/json" }),
      await it.post(list, JSON.stringify({ parameters: { jobType: "cone" } }), { "content-type": "application/json" }),
      await it.post(list, multipart),
    ]) {
      expect(answer.status).toBe(303);
      expect(await read(answer.headers.get("location") ?? "")).toMatchObject({ type: "cone" });
    }
  });

  test("refuses a job of no type, of an unknown one, and of two, and lists the types", async () => {
    const before = await it.countJobs();
    expect(await refusal(it.post(list, form({ RADIUS: "1" })))).toBe(
      "JOBTYPE is required: it says what kind of job to create; allowed: cone, free",
    );
    expect(await refusal(it.post(list, form({ JOBTYPE: "con" })))).toBe(
      'JOBTYPE="con" is no job type of this service; allowed: cone, free',
    );
    expect(await refusal(it.post(`${list}?JOBTYPE=cone`, form({ JOBTYPE: "free" })))).toContain("given twice");
    const file = new FormData();
    file.set("JOBTYPE", new File(["cone"], "cone"));
    expect(await refusal(it.post(list, file))).toContain("JOBTYPE: must not be a file");
    expect([await it.countJobs(), await it.storedFiles()]).toEqual([before, expect.any(Array)]);
  });

  test("checks the parameters by the type that was chosen", async () => {
    const wrong = { RADIUS: "99", EXTRA: "1" };
    const text = await refusal(it.post(list, form({ JOBTYPE: "cone", ...wrong })));
    expect(text).toContain("RADIUS");
    expect(text).toContain("EXTRA");
    expect((await it.post(list, form({ JOBTYPE: "free", ...wrong }))).status).toBe(303);
  });

  test("treats each job by the description of its own type", async () => {
    const cone = await it.create(list, { JOBTYPE: "cone" });
    const free = await it.create(list, { JOBTYPE: "free" });
    for (const job of [cone, free]) {
      await it.post(`${job}/executionduration`, form({ EXECUTIONDURATION: "5000" }));
      await it.post(`${job}/parameters`, form({ LABEL: "a" }));
    }
    expect(await read(cone)).toMatchObject({ executionDuration: 600, quote: expect.any(String) });
    expect(await read(free)).toMatchObject({ executionDuration: 5000, quote: null });
    expect(await refusal(it.post(`${cone}/parameters`, form({ UNHEARD: "1" })))).toContain("UNHEARD");
    expect((await it.post(`${free}/parameters`, form({ UNHEARD: "1" }))).status).toBe(303);
    expect(await refusal(it.post(`${cone}/phase`, form({ PHASE: "RUN" })))).toContain("RADIUS is required");
    expect((await it.post(`${free}/phase`, form({ PHASE: "RUN" }))).status).toBe(303);
  });

  test("does not make another type of a job", async () => {
    const job = await it.create(list, { JOBTYPE: "cone" });
    expect(await refusal(it.post(`${job}/parameters`, form({ JOBTYPE: "free" })))).toContain("does not change");
    const put = it.request(`${job}/parameters/jobtype`, { method: "PUT", body: "free" });
    expect(await refusal(put)).toContain("this is a cone job");
    expect((await it.post(`${job}/parameters`, form({ JOBTYPE: "cone", RADIUS: "1", PHASE: "" }))).status).toBe(400);
    expect((await it.post(`${job}/parameters`, form({ JOBTYPE: "cone", RADIUS: "1" }))).status).toBe(303);
    expect(await read(job)).toMatchObject({ type: "cone" });
  });

  test("lists jobs of one type", async () => {
    const { jobs } = (await read(`${list}?TYPE=free`)) as { jobs: { type: string }[] };
    expect([...new Set(jobs.map(({ type }) => type))]).toEqual(["free"]);
    expect(((await read(`${list}?PARAM.JOBTYPE=Cone`)) as { jobs: object[] }).jobs).toHaveLength(1);
  });

  test("describes all of them, and each", async () => {
    const all = (await read(`${service}/description`)) as { descriptions: { name: string }[] };
    expect(all.descriptions.map(({ name }) => name)).toEqual(["cone", "free"]);
    expect(await read(`${service}/description/free`)).toEqual(all.descriptions[1] as never);
    expect(await read(`${it.api.url}/cone/description/cone`)).toEqual(await read(`${it.api.url}/cone/description`));
    const missing = await it.request(`${service}/description/none`);
    expect([missing.status, await missing.text()]).toEqual([
      404,
      'There is no job type "none" here; there are: cone, free',
    ]);
    const yaml = await it.request(`${service}/description`, { headers: { accept: "application/yaml" } });
    expect(Bun.YAML.parse(await yaml.text())).toEqual(all);
    const votable = await it.request(`${service}/description`, { headers: { accept: "application/x-votable+xml" } });
    const ids = [...(await votable.text()).matchAll(/<RESOURCE [^>]*ID="([^"]+)"/g)].map(([, id]) => id);
    expect(ids).toEqual(["sync-cone", "async-cone", "sync-free", "async-free"]);
  });

  test("says in its capabilities that JOBTYPE is needed", async () => {
    const { capabilities } = (await read(`${service}/capabilities`)) as {
      capabilities: { interfaces: { testQuery?: string; parameters?: { name: string; required: boolean }[] }[] }[];
    };
    const { parameters = [] } = capabilities[2]?.interfaces[0] ?? {};
    expect(parameters.filter(({ required }) => required).map(({ name }) => name)).toEqual(["JOBTYPE"]);
    expect(parameters.map(({ name }) => name)).toContain("RADIUS");
    expect(capabilities[3]?.interfaces[0]?.testQuery).toBe("JOBTYPE=cone&RADIUS=0.1");
  });
});

test("where there is one type, nobody needs to name it, and who does is held to it", async () => {
  expect(await read(await it.create(it.cones))).toMatchObject({ type: "cone", parameters: [] });
  expect(await read(await it.create(it.cones, { JOBTYPE: "cone" }))).toMatchObject({
    parameters: [{ name: "JOBTYPE", value: "cone" }],
  });
  expect(await refusal(it.post(it.cones, form({ JOBTYPE: "free" })))).toContain("allowed: cone");
});

test("a sync request names its type, too", async () => {
  expect((await it.request(`${service}/sync?JOBTYPE=free&X=1`)).status).toBe(303);
  expect(await refusal(it.request(`${service}/sync?RADIUS=1`))).toContain("allowed: cone, free");
});

test("a job keeps the description under which it was created, though it is nobody's any more", async () => {
  const job = await it.create(it.cones, { RADIUS: "1" });
  const digest = "0".repeat(64);
  await it.store.sql`
    insert into descriptions (digest, type, version, document, creation_time)
    select ${digest}, type, '0.9.0', replace(replace(document, '"1.0.0"', '"0.9.0"'), '"max":600', '"max":100'), now()
    from descriptions where type = 'cone'`;
  await it.store.sql`update jobs set description = ${digest} where id = ${job.split("/").at(-1) ?? ""}`;
  await it.post(`${job}/executionduration`, form({ EXECUTIONDURATION: "5000" }));
  expect(await read(job)).toMatchObject({ typeVersion: "0.9.0", executionDuration: 100 });
  const now = (await read(`${it.api.url}/cone/description`)) as unknown as JobDescription;
  expect(now.version).toBe("1.0.0");
});
