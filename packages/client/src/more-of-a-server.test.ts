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
          },
        },
        results: [{ id: "result", mediaType: "text/csv" }],
      }),
  };
  const description = await client.description();
  expect(description).toMatchObject({ name: "cone", version: "1.2.0", title: "Cone", open: false });
  const of = (name: string) => description?.parameters.find((parameter) => parameter.name === name);
  expect(description?.parameters.map(({ name }) => name)).toEqual(["POS", "BAND", "N", "ANY"]);
  expect(of("POS")).toMatchObject({ required: true, file: true, type: "string", description: "Where." });
  expect(of("BAND")).toMatchObject({ required: false, options: ["V", "R"], default: "V", type: "string" });
  expect(of("N")).toMatchObject({ multiple: true, type: "integer", unit: "deg" });
  expect(of("N")).toMatchObject({ minimum: { value: 0, inclusive: false }, maximum: { value: 9, inclusive: true } });
  expect(of("ANY")).toMatchObject({ type: undefined, options: [] });
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
            types: [{ name: "t", version: "1", title: "T" }],
            typeParameter: "JOBTYPE",
            jobList: "/a/b/async",
          },
        ],
      }),
    "/other": () => new Response("<html>"),
  };
  expect(await listServices(origin)).toEqual([
    {
      path: "a/b",
      title: "T",
      types: [{ name: "t", version: "1", title: "T" }],
      typeParameter: "JOBTYPE",
      jobList: `${origin}/a/b/async`,
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
