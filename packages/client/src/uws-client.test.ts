import { afterAll, beforeEach, expect, test } from "bun:test";
import { type JobEvent, UwsClient, UwsClientError } from "./index.ts";

/** As much of a UWS server as this client can see; `plan` is what it answers next. */
interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly type: string;
  readonly body: string;
  readonly accept: string | null;
  readonly authorization: string | null;
  readonly lastEventId: string | null;
}

const received: Received[] = [];
let answers: Record<string, (request: Received) => Response | Promise<Response>> = {};

const server = Bun.serve({
  port: 0,
  async fetch(request) {
    const { pathname, search } = new URL(request.url);
    const { headers, method } = request;
    const seen: Received = {
      method,
      path: pathname,
      query: search,
      type: headers.get("content-type") ?? "",
      body: await request.text(),
      accept: headers.get("accept"),
      authorization: headers.get("authorization"),
      lastEventId: headers.get("last-event-id"),
    };
    received.push(seen);
    const answer = answers[`${method} ${pathname}`] ?? answers[pathname];
    return answer === undefined ? new Response("no such job", { status: 404 }) : answer(seen);
  },
});
const origin = server.url.origin;
const client = new UwsClient(`${origin}/svc/async`, { headers: { authorization: "Bearer t" } });
const quick = { pollMilliseconds: 1 };

afterAll(() => server.stop(true));
beforeEach(() => {
  received.length = 0;
  answers = {};
});

/** With a prefix of its own choice, as servers other than ours have. */
function jobDocument(phase: string, inside = ""): Response {
  const xml = `<?xml version="1.0"?>
<j:job xmlns:j="http://www.ivoa.net/xml/UWS/v1.0" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" version="1.1">
  <j:jobId>7</j:jobId><j:ownerId xsi:nil="true"/><j:phase>${phase}</j:phase>
  <j:quote xsi:nil="true"></j:quote><j:creationTime>2026-01-02T03:04:05.678</j:creationTime>
  <j:startTime xsi:nil="true"/><j:endTime xsi:nil="true"/><j:executionDuration>60</j:executionDuration>
  <j:destruction>2026-02-01T00:00:00.000Z</j:destruction>${inside}
</j:job>`;
  return new Response(xml, { headers: { "content-type": "text/xml" } });
}

const redirect = (to: string) => () => new Response(null, { status: 303, headers: { location: to } });

test("creates a job by a form and follows the redirect to it", async () => {
  answers = { "POST /svc/async": redirect("/svc/async/7"), "GET /svc/async/7": () => jobDocument("PENDING") };
  const job = await client.create({ Radius: 2.5, BAND: ["V", "R"], flag: true }, { run: true, runId: "é&=" });
  expect(job.url).toBe(`${origin}/svc/async/7`);
  const [post] = received;
  expect(post?.type).toStartWith("application/x-www-form-urlencoded");
  expect([...new URLSearchParams(post?.body)]).toEqual([
    ["RUNID", "é&="],
    ["PHASE", "RUN"],
    ["Radius", "2.5"],
    ["BAND", "V"],
    ["BAND", "R"],
    ["flag", "true"],
  ]);
  expect(received.map(({ authorization }) => authorization)).toEqual(["Bearer t", "Bearer t"]);
});

test("uploads files as multipart", async () => {
  answers = { "POST /svc/async": redirect("/svc/async/7"), "GET /svc/async/7": () => jobDocument("PENDING") };
  const file = new File(["ra,dec\n1,2\n"], '/home/me/"stars".csv', { type: "text/csv" });
  await client.create({ radius: 1, note: "é\r\n--x" }, { files: { positions: file } });
  const [post] = received;
  const form = await new Response(post?.body, { headers: { "content-type": post?.type ?? "" } }).formData();
  const sent = form.get("positions");
  expect([form.get("radius"), form.get("note")]).toEqual(["1", "é\r\n--x"]);
  expect(sent instanceof File && [sent.name, sent.type, await sent.text()]).toEqual([
    "%22stars%22.csv",
    "text/csv",
    "ra,dec\n1,2\n",
  ]);
});

test("works with a fetch that does not follow redirects, such as the handler of a server in this process", async () => {
  const inProcess = new UwsClient(`${origin}/svc/async`, {
    fetch: (request) => fetch(request, { redirect: "manual" }),
  });
  answers = { "POST /svc/async": redirect("/svc/async/7"), "GET /svc/async/7": () => jobDocument("PENDING") };
  expect((await inProcess.create()).url).toBe(`${origin}/svc/async/7`);
});

test("does not follow redirects for ever", async () => {
  const lost = new UwsClient(`${origin}/svc/async`, { fetch: (request) => fetch(request, { redirect: "manual" }) });
  answers = { "/svc/async": redirect("/svc/async") };
  await expect(lost.create()).rejects.toThrow("303");
  expect(received.length).toBeLessThan(10);
});

test("reads a job with everything in it", async () => {
  answers = {
    "GET /svc/async/7": () =>
      jobDocument(
        "ERROR",
        `<j:parameters><j:parameter id="q"> a &lt;b&gt; &amp;amp; "]]&gt;"&#13;
&#x1F600;<![CDATA[<c>&lt;]]> </j:parameter><j:parameter id="t" byReference="true">
          http://example.org/t </j:parameter><j:parameter id="empty"/></j:parameters>
        <j:results><j:result id="r 1" xlink:href="results/r%201" mime-type="text/csv" size="12"/></j:results>
        <j:errorSummary type="transient" hasDetail="true"><j:message>disk &amp; net</j:message></j:errorSummary>
        <j:jobInfo xmlns:i="urn:bun-uws:job-info:1"><i:progress><i:fraction>0.25</i:fraction><i:message>step 1</i:message></i:progress>
        <i:attempt>2</i:attempt><i:worker>w1</i:worker></j:jobInfo>`,
      ),
  };
  expect(await client.job("7").get()).toEqual({
    jobId: "7",
    runId: undefined,
    ownerId: undefined,
    phase: "ERROR",
    quote: undefined,
    creationTime: new Date("2026-01-02T03:04:05.678Z"),
    startTime: undefined,
    endTime: undefined,
    executionDuration: 60,
    destruction: new Date("2026-02-01T00:00:00.000Z"),
    parameters: [
      { name: "q", value: ' a <b> &amp; "]]>"\r\n😀<c>&lt; ', byReference: false },
      { name: "t", value: "http://example.org/t", byReference: true },
      { name: "empty", value: "", byReference: false },
    ],
    results: [{ id: "r 1", href: `${origin}/svc/async/results/r%201`, mediaType: "text/csv", size: 12 }],
    errorSummary: { type: "transient", hasDetail: true, message: "disk & net" },
    progress: { fraction: 0.25, message: "step 1" },
    attempt: 2,
    worker: "w1",
  });
});

test("lists with the filters that the standard knows", async () => {
  answers = {
    "GET /svc/async": () =>
      new Response(
        `<jobs xmlns="http://www.ivoa.net/xml/UWS/v1.0" xmlns:xlink="http://www.w3.org/1999/xlink">
        <jobref id="a" xlink:href="http://other/a"><phase>QUEUED</phase><runId>r</runId><ownerId>me</ownerId></jobref>
        <jobref id="b c"><phase>COMPLETED</phase></jobref></jobs>`,
      ),
  };
  const after = new Date("2026-01-01T00:00:00.000Z");
  const jobs = await client.list({ phases: ["QUEUED", "COMPLETED"], after, last: 2 });
  expect(received[0]?.query).toBe("?PHASE=QUEUED&PHASE=COMPLETED&AFTER=2026-01-01T00%3A00%3A00.000Z&LAST=2");
  expect(jobs.map(({ jobId, href, phase, runId }) => [jobId, href, phase, runId])).toEqual([
    ["a", "http://other/a", "QUEUED", "r"],
    ["b c", `${origin}/svc/async/b%20c`, "COMPLETED", undefined],
  ]);
});

test("lists all pages where a server has JSON, and reads XML where its JSON is another", async () => {
  const job = (jobId: string) => ({ jobId, phase: "QUEUED", href: `/svc/async/${jobId}`, runId: null });
  answers = {
    "GET /svc/async": ({ query }) =>
      query === "?LAST=3"
        ? Response.json({ jobs: [job("a"), job("b")], next: `${origin}/svc/async?LAST=3&cursor=x` })
        : Response.json({ jobs: [job("c")], next: null }),
  };
  const jobs = await client.list({ last: 3 });
  expect(jobs.map(({ jobId, href, runId }) => [jobId, href, runId])).toEqual(
    ["a", "b", "c"].map((id) => [id, `${origin}/svc/async/${id}`, undefined]),
  );
  expect(received.map(({ query }) => query)).toEqual(["?LAST=3", "?LAST=3&cursor=x"]);

  const endless: Record<string, string> = { "": "?page=2", "?page=2": "?page=3", "?page=3": "?page=2" };
  answers = { "GET /svc/async": ({ query }) => Response.json({ jobs: [job("a")], next: endless[query] }) };
  await expect(client.list()).rejects.toThrow("?page=2: this page comes twice");

  for (const second of [
    () => new Response("<jobs/>", { headers: { "content-type": "text/xml" } }),
    () => Response.json({ jobs: [{ jobId: "b" }], next: null }),
    () => Response.json({ jobs: [job("b")], next: "http://:0" }),
  ]) {
    answers = {
      "GET /svc/async": ({ query }) => (query === "" ? Response.json({ jobs: [job("a")], next: "?page=2" }) : second()),
    };
    await expect(client.list()).rejects.toThrow("?page=2: not a page of a job list");
  }

  answers = {
    "GET /svc/async": ({ accept }) =>
      accept?.includes("json") === true
        ? Response.json([{ id: "a" }])
        : new Response('<jobs><jobref id="a"><phase>QUEUED</phase></jobref></jobs>'),
  };
  expect((await client.list()).map(({ jobId }) => jobId)).toEqual(["a"]);
});

test("runs, aborts and deletes", async () => {
  answers = {
    "/svc/async/7/phase": redirect("/svc/async/7"),
    "DELETE /svc/async/7": redirect("/svc/async"),
    "GET /svc/async/7": () => jobDocument("QUEUED"),
    "GET /svc/async": () => new Response("<jobs/>"),
  };
  const job = client.job("7");
  await job.run();
  await job.abort();
  await job.delete();
  expect(
    received.filter(({ method }) => method !== "GET").map(({ method, path, body }) => [method, path, body]),
  ).toEqual([
    ["POST", "/svc/async/7/phase", "PHASE=RUN"],
    ["POST", "/svc/async/7/phase", "PHASE=ABORT"],
    ["DELETE", "/svc/async/7", ""],
  ]);
});

test("waits by WAIT and PHASE, tells of changes, and outlives a server that is away", async () => {
  const phases = ["QUEUED", "EXECUTING", "away", "UNKNOWN", "EXECUTING", "COMPLETED"];
  answers = {
    "GET /svc/async/7": () => {
      const phase = phases.shift() ?? "none";
      return phase === "away" ? new Response("bad gateway", { status: 502 }) : jobDocument(phase);
    },
  };
  const seen: string[] = [];
  const job = await client.job("7").wait({ ...quick, waitSeconds: 9, onChange: ({ phase }) => seen.push(phase) });
  expect(job.phase).toBe("COMPLETED");
  expect(seen).toEqual(["QUEUED", "EXECUTING", "UNKNOWN", "EXECUTING", "COMPLETED"]);
  expect(received.map(({ query }) => query)).toEqual([
    "",
    "?WAIT=9&PHASE=QUEUED",
    "?WAIT=9&PHASE=EXECUTING",
    "?WAIT=9&PHASE=EXECUTING",
    "",
    "?WAIT=9&PHASE=EXECUTING",
  ]);
});

test("stops waiting when told so, with the reason given", async () => {
  const controller = new AbortController();
  answers = {
    "GET /svc/async/7": ({ query }) => {
      if (query === "") return jobDocument("EXECUTING");
      controller.abort(new Error("enough"));
      return new Promise<Response>(() => {});
    },
  };
  await expect(client.job("7").wait({ ...quick, signal: controller.signal })).rejects.toThrow("enough");
});

test("reads events, takes up a broken stream, and ends with the job", async () => {
  const streams = [
    ': hello\r\n\r\nid: 1\r\nevent: phase\r\ndata: {"phase":"EXECUTING"}\r\n\r\nevent: progress\ndata: {"fraction":0.5,\ndata: "message":"half"}\n\nevent: log\ndata: hm',
    'id: 2\nevent: log\ndata: {"line":"x"}\n\nevent: phase\ndata: {"phase":"COMPLETED"}\n\nevent: never\ndata: 1\n\n',
  ];
  answers = {
    "GET /svc/async/7/events": () =>
      new Response(streams.shift(), { headers: { "content-type": "text/event-stream; charset=utf-8" } }),
    "GET /svc/async/7": () => jobDocument("EXECUTING"),
  };
  const events = await all(client.job("7").events(quick), 4);
  expect(events).toEqual([
    { type: "phase", phase: "EXECUTING", id: "1" },
    { type: "progress", fraction: 0.5, message: "half", id: undefined },
    { type: "other", name: "log", data: { line: "x" }, id: "2" },
    { type: "phase", phase: "COMPLETED", id: undefined },
  ]);
  expect(received.filter(({ path }) => path.endsWith("/events")).map(({ lastEventId }) => lastEventId)).toEqual([
    null,
    "1",
  ]);
});

test("makes events of waiting where the server has none", async () => {
  const progress = '<j:jobInfo><progress xmlns="x"><fraction>0.5</fraction><message>m</message></progress></j:jobInfo>';
  const documents = [jobDocument("QUEUED"), jobDocument("EXECUTING", progress), jobDocument("ABORTED", progress)];
  answers = { "GET /svc/async/7": () => documents.shift() ?? new Response(null, { status: 500 }) };
  expect(await all(client.job("7").events(quick))).toEqual([
    { type: "phase", phase: "QUEUED" },
    { type: "progress", fraction: 0.5, message: "m" },
    { type: "phase", phase: "EXECUTING" },
    { type: "phase", phase: "ABORTED" },
  ]);
});

test("says that there is no such job rather than watch it", async () => {
  await expect(all(client.job("7").events(quick))).rejects.toMatchObject({ status: 404 });
});

test("downloads a result from wherever it is, and keeps its token from other hosts", async () => {
  const elsewhere = Bun.serve({
    port: 0,
    fetch: (request) => new Response(`token: ${request.headers.get("authorization")}`),
  });
  answers = {
    "GET /svc/async/7/results": () =>
      new Response(
        `<uws:results xmlns:uws="u" xmlns:xlink="x"><uws:result id="here" xlink:href="${origin}/file"/><uws:result id="there" xlink:href="${elsewhere.url}x"/></uws:results>`,
      ),
    "GET /file": ({ authorization }) => new Response(`token: ${authorization}`),
  };
  const job = client.job("7");
  expect(await (await job.download("here")).text()).toBe("token: Bearer t");
  expect(await (await job.download("there")).text()).toBe("token: null");
  await elsewhere.stop(true);
});

test("gets the error's text, or nothing", async () => {
  const job = client.job("7");
  expect(await job.error()).toBeUndefined();
  answers = { "GET /svc/async/7/error": () => new Response("Traceback\n…") };
  expect(await job.error()).toBe("Traceback\n…");
});

test("fails with status, body, and the reason that the server gave", async () => {
  answers = {
    "POST /svc/async": () =>
      Response.json(
        { title: "Bad Request", detail: 'RADIUS="x" must be a finite number' },
        { status: 400, headers: { "content-type": "application/problem+json" } },
      ),
    "GET /svc/async": () => new Response("<html><body>login<br></body></html>"),
  };
  const refused = await client.create({ RADIUS: "x" }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(UwsClientError);
  expect(refused).toMatchObject({ status: 400, method: "POST", transient: false });
  expect(String(refused)).toContain('RADIUS="x" must be a finite number');
  await expect(client.list()).rejects.toThrow("not a UWS document");
  const nobody = new UwsClient("http://127.0.0.1:1/async");
  await expect(nobody.list()).rejects.toMatchObject({ name: "UwsClientError", status: undefined, transient: true });
});

async function all(events: AsyncIterable<JobEvent>, most = 100): Promise<JobEvent[]> {
  const collected: JobEvent[] = [];
  for await (const event of events) {
    collected.push(event);
    if (collected.length >= most) break;
  }
  return collected;
}
