import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { until } from "@uws/testing";
import { type ApiFixture, apiFixture } from "../testing.ts";

let it: ApiFixture;
beforeAll(async () => {
  it = await apiFixture();
});
afterAll(() => it.close());

const json = { "content-type": "application/json" };
const form = { "content-type": "application/x-www-form-urlencoded" };

async function jobAt(answer: Response) {
  expect(answer.status).toBe(303);
  const location = answer.headers.get("location") ?? "";
  return {
    location,
    ...((await (await it.request(location, { headers: { accept: "application/json" } })).json()) as Job),
  };
}

interface Job {
  phase: string;
  runId: string | null;
  executionDuration: number;
  destruction: string | null;
  creationTime: string;
  quote: string | null;
  parameters: { name: string; value?: string; href?: string; mediaType?: string; size?: number }[];
}

describe("a job is created", () => {
  test("from a form, with the same host in Location that the client used", async () => {
    const answer = await it.post(`${it.cones.replace("127.0.0.1", "localhost")}`, "RADIUS=1&LABEL=a%20%26+b");
    expect(answer.headers.get("location")).toMatch(/^http:\/\/localhost:\d+\/cone\/async\/[0-9a-f]/);
    expect(answer.headers.get("content-length")).toBe("0");
    expect(await jobAt(answer)).toMatchObject({
      phase: "PENDING",
      parameters: [
        { name: "RADIUS", value: "1" },
        { name: "LABEL", value: "a & b" },
      ],
    });
  });

  test("from JSON, with parameters apart or among the control parameters", async () => {
    const parameters = [
      { name: "radius", value: "0.5" },
      { name: "BAND", value: "V" },
      { name: "BAND", value: "B" },
    ];
    const apart = { phase: "RUN", runId: "n 7", parameters: { radius: 0.5, BAND: ["V", "B"], LABEL: null } };
    expect(await jobAt(await it.post(it.cones, JSON.stringify(apart), json))).toMatchObject({
      phase: "QUEUED",
      runId: "n 7",
      parameters,
    });
    const flat = { PHASE: "RUN", radius: 0.5, BAND: ["V", "B"] };
    expect(await jobAt(await it.post(it.cones, JSON.stringify(flat), json))).toMatchObject({
      phase: "QUEUED",
      parameters,
    });
  });

  test("from multipart, whose files become parameters by reference", async () => {
    const body = new FormData();
    body.set("RADIUS", "2");
    body.set("table", new File(["ra,dec\n1,2\n"], "my stars.csv", { type: "text/csv" }));
    body.set("PHASE", "RUN");
    const job = await jobAt(await it.post(it.cones, body));
    expect(job).toMatchObject({
      phase: "QUEUED",
      parameters: [
        { name: "RADIUS", value: "2" },
        { name: "table", byReference: true, mediaType: "text/csv", size: 11, href: `${job.location}/parameters/table` },
      ],
    });
    const bytes = await it.request(`${job.location}/parameters/TABLE`);
    expect(bytes.headers.get("content-type")).toBe("text/csv");
    expect(bytes.headers.get("content-disposition")).toBe('inline; filename="my stars.csv"');
    expect(await bytes.text()).toBe("ra,dec\n1,2\n");
  });

  test("from nothing at all, whatever type the client says nothing is of", async () => {
    for (const headers of [{}, form, json, { "content-type": "text/plain" }]) {
      expect(await jobAt(await it.post(it.cones, "", headers))).toMatchObject({ phase: "PENDING", parameters: [] });
    }
    expect(await jobAt(await it.post(it.cones))).toMatchObject({ phase: "PENDING", parameters: [] });
  });

  test("with control parameters from the query and the body, in any case", async () => {
    const job = await jobAt(await it.post(`${it.frees}?phase=RUN&RunId=x`, "executionDuration=7&A=1&a=2&A=3"));
    expect(job).toMatchObject({
      phase: "QUEUED",
      runId: "x",
      executionDuration: 7,
      parameters: [
        { name: "A", value: "1" },
        { name: "a", value: "2" },
        { name: "A", value: "3" },
      ],
    });
  });

  test("within the limits of its description", async () => {
    const job = await jobAt(await it.post(it.cones, "EXECUTIONDURATION=0&DESTRUCTION=2099-01-01T00:00:00Z"));
    expect(job.executionDuration).toBe(600);
    const lives = Date.parse(job.destruction ?? "") - Date.parse(job.creationTime);
    expect(lives).toBe(7200 * 1000);
    expect(await jobAt(await it.post(it.cones))).toMatchObject({ executionDuration: 60 });
    const soon = new Date(Date.now() + 60_000).toISOString();
    expect(await jobAt(await it.post(it.cones, new URLSearchParams({ DESTRUCTION: soon })))).toMatchObject({
      destruction: soon,
    });
  });
});

describe("a job is refused, and nothing is stored", () => {
  async function refused(body: RequestInit["body"], headers: Record<string, string>, query = "", list = it.cones) {
    const [jobs, files] = [await it.countJobs(), await it.storedFiles()];
    const answer = await it.post(list + query, body, headers);
    const message = await answer.text();
    expect(await it.countJobs()).toBe(jobs);
    expect(await it.storedFiles()).toEqual(files);
    return `${answer.status} ${message}`;
  }

  test("when a value is wrong; all that is wrong is told at once", async () => {
    const message = await refused("RADIUS=-1&BAND=X&NO=1&EXECUTIONDURATION=-1&DESTRUCTION=soon&PHASE=GO", form);
    for (const name of ["RADIUS", "BAND", "NO", "EXECUTIONDURATION", "DESTRUCTION", "PHASE"]) {
      expect(message).toMatch(new RegExp(`(^|\\n|400 )${name}=`));
    }
    expect(message).toStartWith("400 ");
    expect(await refused("RADIUS=abc", form)).toStartWith('400 RADIUS="abc" must be a finite number');
    expect(await refused("PHASE=ABORT", form)).toStartWith("400 PHASE=ABORT");
    expect(await refused("RUNID=a&RUNID=b", form)).toStartWith("400 RUNID is given twice");
  });

  test("when it is to run and something is missing", async () => {
    expect(await refused("", form, "?PHASE=RUN")).toBe("400 RADIUS is required");
  });

  test("when the body cannot be read", async () => {
    expect(await refused("{", json)).toStartWith("400 The body of the request is not JSON");
    expect(await refused("[1]", json)).toStartWith("400 The body of the request must be a JSON object");
    expect(await refused("<a/>", { "content-type": "text/xml" })).toStartWith("415 ");
    expect(await refused("x", { "content-type": "multipart/form-data" })).toStartWith(
      "400 The body of the request is not",
    );
    expect(await refused("x", { "content-type": "multipart/form-data; boundary=b" })).toStartWith("400 ");
    expect(await refused("A=%00", form)).toStartWith("400 A: ");
    expect(await refused('{"LABEL": "\\ud800"}', json)).toStartWith("400 LABEL: ");
    expect(await refused(new Uint8Array([65, 61, 255]), form)).toStartWith("400 ");
  });

  // shows: create-too-large
  test("when there is too much of it", async () => {
    expect(await refused(`LABEL=${"x".repeat(1024 * 1024)}`, form)).toStartWith("413 ");
    expect(await refused("A=1&".repeat(1001), form, "", it.frees)).toStartWith("413 ");
    expect(await refused(`${"x".repeat(201)}=1`, form, "", it.frees)).toStartWith("400 ");
  });

  // shows: create-too-large
  test("when a file is larger than its description allows, and nothing of it is kept", async () => {
    const body = new FormData();
    body.set("NOTE", new File(["x".repeat(10_001)], "note.txt"));
    const answer = await it.post(it.cones, body);
    expect([answer.status, await answer.text()]).toEqual([413, "NOTE: must not be larger than 10000 bytes"]);
    const files = async () => (await it.storedFiles()).filter((path) => path.split("/").length > 2);
    const before = await files();
    const job = await it.create(it.cones);
    const put = async (bytes: string) =>
      (await it.request(`${job}/parameters/note`, { method: "PUT", body: bytes })).status;
    expect([await put("x".repeat(10_001)), await files()]).toEqual([413, before]);
    expect([await put("x".repeat(10_000)), await put("x")]).toEqual([303, 303]);
  });

  test("when a file comes with a bad value, is not allowed, or breaks off", async () => {
    const boundary = { "content-type": "multipart/form-data; boundary=b" };
    const file = '--b\r\nContent-Disposition: form-data; name="TABLE"; filename="t.csv"\r\n\r\nra,dec\r\n';
    const part = (name: string, value: string) =>
      `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
    expect(await refused(`${file}${part("RADIUS", "-1")}--b--\r\n`, boundary)).toStartWith("400 RADIUS");
    expect(await refused(`${file.replace("TABLE", "LABEL")}--b--\r\n`, boundary)).toStartWith("400 LABEL");
    expect(await refused(file, boundary)).toStartWith("400 The body of the request is not multipart");
    const fields = Array.from({ length: 4 }, (_, index) => part(`F${index}`, "x".repeat(300_000))).join("");
    expect(await refused(`${file}${fields}--b--\r\n`, boundary, "", it.frees)).toStartWith("413 ");
    const many = Array.from({ length: 1001 }, (_, index) => part(`F${index}`, "")).join("");
    expect(await refused(`${many}--b--\r\n`, boundary, "", it.frees)).toStartWith("413 ");
  });

  test("problems are JSON where JSON was asked for", async () => {
    const answer = await it.post(it.cones, "RADIUS=0", { ...form, accept: "application/json" });
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(await answer.json()).toMatchObject({
      status: 400,
      code: "invalid",
      detail: expect.stringContaining("RADIUS"),
    });
  });
});

/** Speaks HTTP as it is written, and gives all that comes back until the server closes or has said what is expected. */
async function speak(
  parts: AsyncIterable<string> | Iterable<string>,
  enough = /\r\n\r\n/,
): Promise<{ text: string; closed: boolean }> {
  const socket = connect(it.api.port, "127.0.0.1");
  const { promise, resolve, reject } = Promise.withResolvers<{ text: string; closed: boolean }>();
  let text = "";
  socket.on("data", (data) => {
    text += data.toString();
    if (enough.test(text)) resolve({ text, closed: false });
  });
  socket.on("close", () => resolve({ text, closed: true }));
  socket.on("error", reject);
  for await (const part of parts) socket.write(part);
  const answer = await promise;
  socket.destroy();
  return answer;
}

describe("over a bare socket", () => {
  // shows: create-upload
  test("multipart as STILTS sends it: chunked, CRLF preamble, a boundary full of brackets, param:NAME", async () => {
    const boundary = "<<<---STILTS-7f3a--->>>";
    const table = "<VOTABLE>\r\n--not the boundary\r\n</VOTABLE>";
    const body = [
      `\r\n--${boundary}\r\nContent-Disposition: form-data; name="UPLOAD"\r\n\r\ncat,param:up1;more,param:up2\r\n`,
      `--${boundary}\r\nContent-Disposition: form-data; name="up1"; filename="up1"\r\nContent-Type: application/x-votable+xml\r\n\r\n`,
      table,
      `\r\n--${boundary}\r\nContent-Disposition: form-data; name="param:up2"\r\nContent-Type: application/octet-stream\r\n\r\n\0\x01\r\n`,
      `--${boundary}\r\nContent-Disposition: form-data; name="QUERY"\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\nselect 'ü'\r\n`,
      `--${boundary}--\r\n`,
    ];
    const chunks = body.flatMap((text) => {
      const bytes = Buffer.from(text);
      return [`${bytes.length.toString(16)}\r\n`, text, "\r\n"];
    });
    const head = `POST /api/batch/jobs HTTP/1.1\r\nHost: example.org:99\r\nContent-Type: multipart/form-data; boundary="${boundary}"\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const { text } = await speak([head, ...chunks, "0\r\n\r\n"]);
    const [, id] =
      /^HTTP\/1\.1 303 [\s\S]*location: http:\/\/example\.org:99\/api\/batch\/jobs\/(\S+)/i.exec(text) ?? [];
    const url = `${it.frees}/${id}`;
    const job = (await (await it.request(url, { headers: { accept: "application/json" } })).json()) as Job;
    expect(job.parameters).toMatchObject([
      { name: "UPLOAD", value: "cat,param:up1;more,param:up2" },
      { name: "up1", mediaType: "application/x-votable+xml", size: table.length },
      { name: "up2", mediaType: "application/octet-stream", size: 2 },
      { name: "QUERY", value: "select 'ü'" },
    ]);
    expect(await (await it.request(`${url}/parameters/up1`)).text()).toBe(table);
  });

  // shows: create-too-large
  test("10 GB announced are refused before a byte is read", async () => {
    const [jobs, files] = [await it.countJobs(), await it.storedFiles()];
    for (const type of ["multipart/form-data; boundary=b", "application/x-www-form-urlencoded", "application/json"]) {
      const head = `POST /cone/async HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${type}\r\nContent-Length: 10000000000\r\n\r\n`;
      const { text } = await speak([head], /are allowed/);
      expect(text).toMatch(/^HTTP\/1\.1 413 [\s\S]*text\/plain[\s\S]*too large; at most \d+ bytes/);
    }
    expect(await it.countJobs()).toBe(jobs);
    expect(await it.storedFiles()).toEqual(files);
  });

  test("who does not stop sending when told that it is too much is cut off", async () => {
    const socket = connect(it.api.port, "127.0.0.1");
    let text = "";
    socket.on("data", (data) => {
      text += data;
    });
    const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
    socket.on("error", () => {});
    socket.write("POST /cone/async HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000000000000\r\n\r\n");
    const chunk = Buffer.alloc(64 * 1024);
    const send = () => {
      if (!socket.destroyed) socket.write(chunk, () => setImmediate(send));
    };
    send();
    await closed;
    expect(text).toStartWith("HTTP/1.1 413 ");
  });

  // shows: create-broken
  test("a client that breaks off in the middle of an upload leaves nothing", async () => {
    const files = await it.storedFiles();
    const socket = connect(it.api.port, "127.0.0.1");
    socket.on("error", () => {});
    socket.write(
      'POST /cone/async HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 100000\r\n\r\n--b\r\nContent-Disposition: form-data; name="TABLE"; filename="t.csv"\r\n\r\n',
    );
    socket.write("x".repeat(50_000));
    await until(async () => (await it.storedFiles()).some((name) => name.endsWith(".partial")), "the upload has begun");
    socket.destroy();
    await until(async () => (await it.storedFiles()).length === files.length, "the upload is removed");
    expect(await it.storedFiles()).toEqual(files);
  });
});

// shows: create-streams
test("memory stays flat while a large file comes in", async () => {
  const megabyte = Buffer.alloc(1024 * 1024, "x");
  async function* parts() {
    yield Buffer.from('--b\r\nContent-Disposition: form-data; name="F"; filename="f"\r\n\r\n');
    for (let count = 0; count < 300; count++) yield megabyte;
    yield Buffer.from("\r\n--b--\r\n");
  }
  const before = process.memoryUsage.rss();
  const job = await jobAt(
    await it.post(`${it.frees}?UPLOAD=t,param:F`, parts() as never, {
      "content-type": "multipart/form-data; boundary=b",
    }),
  );
  expect(job.parameters[1]).toMatchObject({ name: "F", size: 300 * 1024 * 1024 });
  expect((process.memoryUsage.rss() - before) / 1024 ** 2).toBeLessThan(150);
});

// shows: create-over-quota
test("over quota, a service that does not hold jobs refuses them, and nothing is stored", async () => {
  const full = await apiFixture({
    services: (configured) =>
      configured.map((service) => ({ ...service, quota: { active: 1, over: "refuse" as const } })),
  });
  await full.create(full.cones, { RADIUS: "1", PHASE: "RUN" });
  const body = new FormData();
  body.set("TABLE", new File(["ra,dec\n"], "t.csv"));
  for (const [name, value] of Object.entries({ RADIUS: "1", PHASE: "RUN" })) body.set(name, value);
  const answer = await full.post(full.cones, body);
  expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining("1")]);
  expect([await full.countJobs(), (await full.storedFiles()).filter((path) => path.split("/").length > 2)]).toEqual([
    1,
    [],
  ]);
  // Those that are not to run may be created.
  await full.create(full.cones);
  await full.close();
});
