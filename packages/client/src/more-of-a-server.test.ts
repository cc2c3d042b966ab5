import { afterAll, beforeEach, expect, test } from "bun:test";
import { listServices, UwsClient } from "./index.ts";

interface Asked {
  readonly what: string;
  readonly body: string;
  readonly accept: string | null;
  readonly authorization: string | null;
}

const asked: Asked[] = [];
let answers: Record<string, (asked: Asked) => Response> = {};
const server = Bun.serve({
  port: 0,
  async fetch(request) {
    const { pathname, search } = new URL(request.url);
    const { headers } = request;
    const one: Asked = {
      what: `${request.method} ${pathname}${search}`,
      body: await request.text(),
      accept: headers.get("accept"),
      authorization: headers.get("authorization"),
    };
    asked.push(one);
    const answer = answers[one.what] ?? answers[pathname];
    return answer?.(one) ?? new Response("nothing here", { status: 404 });
  },
});
afterAll(() => server.stop(true));
beforeEach(() => {
  asked.length = 0;
  answers = {};
});

const origin = server.url.origin;
const client = new UwsClient(`${origin}/svc/async`);
const xmlJob = '<job xmlns="x"><jobId>7</jobId><phase>PENDING</phase></job>';

test("reads a job and its results as JSON where JSON is asked for, and XML where it comes all the same", async () => {
  const json = new UwsClient(`${origin}/svc/async`, { format: "json" });
  const result = { id: "r", href: "results/r", mediaType: "text/csv", size: 3 };
  answers = {
    "/svc/async/7": () =>
      Response.json({
        jobId: "7",
        runId: null,
        phase: "ERROR",
        creationTime: "2026-01-02T03:04:05.678Z",
        executionDuration: 60,
        attempt: 2,
        progress: { fraction: 0.5, message: "m", counters: {} },
        parameters: [
          { name: "q", value: "a" },
          { name: "t", byReference: true, href: "http://x/t", size: 1 },
          { name: "n" },
        ],
        results: [result],
        errorSummary: { type: "transient", hasDetail: true, message: "no disk" },
      }),
    "/svc/async/7/results": () => Response.json([result]),
    "/svc/async/8": () => new Response(xmlJob),
    "/svc/async/9": () => Response.json({ jobId: "9", phase: "LOST" }),
  };
  const read = { id: "r", href: `${origin}/svc/async/results/r`, mediaType: "text/csv", size: 3 };
  expect(await json.job("7").get()).toMatchObject({
    jobId: "7",
    runId: undefined,
    phase: "ERROR",
    creationTime: new Date("2026-01-02T03:04:05.678Z"),
    executionDuration: 60,
    attempt: 2,
    progress: { fraction: 0.5, message: "m" },
    parameters: [
      { name: "q", value: "a", byReference: false },
      { name: "t", value: "http://x/t", byReference: true },
      { name: "n", value: "", byReference: false },
    ],
    results: [read],
    errorSummary: { type: "transient", hasDetail: true, message: "no disk" },
  });
  expect(asked[0]?.accept).toStartWith("application/json");
  expect(await json.job("7").results()).toEqual([{ ...read, href: `${origin}/svc/async/7/results/r` }]);
  expect((await json.job("8").get()).phase).toBe("PENDING");
  await expect(json.job("9").get()).rejects.toThrow("no such phase: LOST");
});

test("changes a job that is there", async () => {
  for (const name of ["", "/parameters", "/executionduration", "/destruction", "/phase"]) {
    answers[`/svc/async/7${name}`] = () => new Response(xmlJob);
  }
  const job = client.job("7");
  await job.update({
    parameters: { A: [1, 2] },
    runId: "r",
    executionDuration: 60,
    destruction: new Date("2026-02-01T00:00:00Z"),
  });
  await job.archive();
  expect(asked.map(({ what, body }) => [what.replace("POST /svc/async/7/", ""), body])).toEqual([
    ["parameters", "A=1&A=2&RUNID=r"],
    ["executionduration", "EXECUTIONDURATION=60"],
    ["destruction", "DESTRUCTION=2026-02-01T00%3A00%3A00.000Z"],
    ["phase", "PHASE=ARCHIVE"],
  ]);
});

test("gets back what was uploaded, from wherever the job says", async () => {
  answers = {
    "/svc/async/7": () =>
      new Response(
        `<job><jobId>7</jobId><phase>PENDING</phase><parameters><parameter id="t" byReference="true">${origin}/up/1</parameter></parameters></job>`,
      ),
    "/up/1": () => new Response("ra,dec"),
    "/svc/async/7/parameters/q": () => new Response("5"),
  };
  expect(await (await client.job("7").parameter("t")).text()).toBe("ra,dec");
  expect(await (await client.job("7").parameter("q")).text()).toBe("5");
});

test("runs a job at once, beside the job list", async () => {
  answers = { "POST /svc/sync": ({ body }) => new Response(`ran ${body}`) };
  expect(await (await client.sync({ A: 1 })).text()).toBe("ran A=1");
});

test("reads what a service tells of its parameters", async () => {
  answers = {
    "/svc/description": () =>
      Response.json({
        name: "cone",
        version: "1.2.0",
        title: "Cone",
        parameters: {
          type: "object",
          required: ["POS", "BAND"],
          additionalProperties: false,
          $defs: { band: { type: "string", enum: ["V", "R"], default: "V" } },
          properties: {
            POS: { type: ["string", "null"], "x-file": {}, description: " Where. " },
            BAND: { $ref: "#/$defs/band" },
            N: {
              type: "array",
              items: { type: "integer", exclusiveMinimum: 0, maximum: 9 },
              "x-ivoa": { unit: "deg" },
            },
            NOT: false,
            ANY: true,
            WAVE: { items: { type: "number", minimum: 0 }, "x-ivoa": { xtype: "interval" }, examples: [[0.5, "+Inf"]] },
            CUTS: { type: "array", items: { "x-ivoa": { xtype: "circle", ucd: "pos" } } },
            MAP: { title: "Map", "x-file": { mediaTypes: ["image/fits"], maxBytes: 7 } },
          },
        },
        groups: [{ name: "where", title: "Where", parameters: ["POS", 1] }],
        results: [{ id: "result", mediaType: "text/csv" }],
        executionDuration: { default: 60, max: 600 },
        examples: [{ title: "E", parameters: { POS: "1 2", N: [1, 2], WAVE: [1, 2], CUTS: [[1, 2, 3]], X: true } }],
      }),
  };
  const description = await client.description();
  expect(description).toMatchObject({ name: "cone", version: "1.2.0", title: "Cone", open: false });
  const of = (name: string) => description?.parameters.find((parameter) => parameter.name === name);
  expect(description?.parameters.map(({ name }) => name)).toEqual(["POS", "BAND", "N", "ANY", "WAVE", "CUTS", "MAP"]);
  expect(of("POS")).toMatchObject({ required: true, file: true, type: "string", description: "Where." });
  expect(of("BAND")).toMatchObject({ required: false, options: ["V", "R"], default: "V", type: "string" });
  expect(of("N")).toMatchObject({ multiple: true, type: "integer", unit: "deg" });
  expect(of("N")).toMatchObject({ minimum: { value: 0, inclusive: false }, maximum: { value: 9, inclusive: true } });
  expect(of("ANY")).toMatchObject({ type: undefined, options: [] });
  // An interval is one value of two numbers; several circles are several values.
  expect(of("WAVE")).toMatchObject({ multiple: false, xtype: "interval", example: ["0.5 +Inf"] });
  expect(of("CUTS")).toMatchObject({ multiple: true, xtype: "circle", ucd: "pos" });
  expect(of("MAP")).toMatchObject({ title: "Map", upload: { mediaTypes: ["image/fits"], maxBytes: 7 } });
  expect(description?.groups).toEqual([{ name: "where", title: "Where", description: "", parameters: ["POS"] }]);
  expect([description?.executionDuration, description?.destruction]).toEqual([{ default: 60, max: 600 }, undefined]);
  expect(description?.examples).toEqual([
    { title: "E", parameters: { POS: ["1 2"], N: ["1", "2"], WAVE: ["1 2"], CUTS: ["1 2 3"], X: ["true"] } },
  ]);
});

test("a service without a description has none, whatever it has instead; one that cannot answer is an error", async () => {
  const given: Response[] = [
    new Response("no", { status: 404 }),
    new Response("<html>", { headers: { "content-type": "text/html" } }),
    Response.json({ name: "x" }),
    Response.json([]),
    new Response("no", { status: 403 }),
  ];
  answers = { "/svc/description": () => given.shift() ?? new Response("down", { status: 503 }) };
  for (let asking = 0; asking < 5; asking += 1) expect(await client.description()).toBeUndefined();
  await expect(client.description()).rejects.toMatchObject({ status: 503 });
});

test("lists the services of a server that tells", async () => {
  answers = {
    "/": () =>
      Response.json({
        services: [
          {
            path: "a/b",
            title: "T",
            types: [{ name: "t", version: "1", title: "T", contact: { email: "a@b" }, documentation: null }],
            typeParameter: "JOBTYPE",
            jobList: "/a/b/async",
            jobListPath: "a/b/async",
          },
        ],
      }),
    "/other": () => new Response("<html>"),
  };
  expect(await listServices(origin)).toEqual([
    {
      path: "a/b",
      title: "T",
      types: [{ name: "t", version: "1", title: "T", contact: { name: undefined, email: "a@b" } }],
      typeParameter: "JOBTYPE",
      jobList: `${origin}/a/b/async`,
      jobListPath: "a/b/async",
    },
  ]);
  await expect(listServices(`${origin}/other`)).rejects.toThrow("not a UWS document");
});

test("filters by itself what a server of UWS 1.0 does not", async () => {
  const reference = (id: string, phase: string, inside = "") =>
    `<jobref id="${id}"><phase>${phase}</phase>${inside}</jobref>`;
  const list = [
    reference("old", "COMPLETED", "<creationTime>2026-01-01T00:00:00</creationTime>"),
    reference("new", "COMPLETED", "<creationTime>2026-03-01T00:00:00</creationTime><runId>r</runId>"),
    reference("unknown", "ERROR"),
  ];
  const time = "2026-02-01T00%3A00%3A00.000Z";
  for (const query of ["PHASE=COMPLETED", `AFTER=${time}`, `BEFORE=${time}`, "LAST=1", "RUNID=r", "TYPE=t"]) {
    answers[`GET /svc/async?${query}`] = () => new Response(`<jobs>${list.join("")}</jobs>`);
  }
  const ids = async (filter: Parameters<UwsClient["list"]>[0]) => (await client.list(filter)).map(({ jobId }) => jobId);
  expect(await ids({ phases: ["COMPLETED"] })).toEqual(["old", "new"]);
  expect(await ids({ after: new Date("2026-02-01T00:00:00Z") })).toEqual(["new", "unknown"]);
  expect(await ids({ before: new Date("2026-02-01T00:00:00Z") })).toEqual(["old", "unknown"]);
  expect(await ids({ last: 1 })).toEqual(["new"]);
  expect(await ids({ runId: "r" })).toEqual(["new"]);
  // Nothing in the list tells of what type a job is.
  await expect(ids({ type: "t" })).rejects.toThrow("does not filter by job types");
});

test("a redirect to another host takes no credentials along; a job that it names is there all the same", async () => {
  const seen: (string | null)[] = [];
  const elsewhere = Bun.serve({
    port: 0,
    fetch(request) {
      seen.push(request.headers.get("authorization"));
      return new Response("who are you?", { status: 401 });
    },
  });
  const secret = new UwsClient(`${origin}/svc/async`, { headers: { authorization: "Bearer secret" } });
  const away = () => new Response(null, { status: 303, headers: { location: `${elsewhere.url}7` } });
  answers = { "/svc/async/7": away, "/svc/async": away };
  await expect(secret.job("7").get()).rejects.toMatchObject({ status: 401, url: `${elsewhere.url}7` });
  expect((await secret.create()).url).toBe(`${elsewhere.url}7`);
  expect([asked[0]?.authorization, ...seen]).toEqual(["Bearer secret", null, null]);
  await elsewhere.stop(true);
});

test("reads a page of a list with summaries, and where the next one begins", async () => {
  const summary = {
    startTime: "2026-01-02T03:04:06.000Z",
    progress: { fraction: 0.5, message: "half" },
    parameters: [
      { name: "Q", value: "a", cut: true },
      { name: "T", byReference: true, mediaType: "text/csv", size: 9 },
    ],
    parameterCount: 12,
    results: [{ id: "r", href: "http://elsewhere/r", mediaType: "text/csv", size: 3 }],
    resultCount: 2,
    error: null,
  };
  const next = "http://elsewhere/svc/async?cursor=c2&limit=2";
  const jobs = [
    { jobId: "7", href: `${origin}/svc/async/7`, phase: "EXECUTING", runId: "n", type: "t", summary },
    { jobId: "6", phase: "PENDING" },
  ];
  answers = { "/svc/async": () => Response.json({ jobs, next }) };
  const page = await client.page({ phases: ["EXECUTING", "PENDING"], runId: "n", limit: 2, cursor: "c1" });
  expect(asked[0]?.what).toBe("GET /svc/async?PHASE=EXECUTING&PHASE=PENDING&RUNID=n&SUMMARY=true&limit=2&cursor=c1");
  expect(page.next).toBe("c2");
  expect(page.jobs[0]).toMatchObject({
    jobId: "7",
    phase: "EXECUTING",
    type: "t",
    startTime: new Date("2026-01-02T03:04:06Z"),
    progress: { fraction: 0.5, message: "half" },
    parameters: [
      { name: "Q", value: "a", cut: true },
      { name: "T", value: undefined, size: 9 },
    ],
    parameterCount: 12,
    results: [{ id: "r", mediaType: "text/csv", size: 3 }],
    resultCount: 2,
  });
  expect(page.jobs[1]).toMatchObject({ href: `${origin}/svc/async/6`, parameters: [], resultCount: 0 });
  answers = { "/svc/async": () => Response.json({ else: 1 }) };
  await expect(client.page()).rejects.toThrow("not a UWS document: no page of a job list");
});

test("a refusal says what is wrong with each parameter", async () => {
  const errors = [{ parameter: "RADIUS", value: "wide", rule: "must be a number", message: "RADIUS=wide must be…" }];
  answers = { "/svc/async": () => Response.json({ detail: "no", code: "invalid", errors }, { status: 400 }) };
  await expect(client.create({ RADIUS: "wide" })).rejects.toMatchObject({
    code: "invalid",
    parameters: [{ ...errors[0], job: undefined }],
  });
});
