import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { until } from "@uws/testing";
import { type ApiFixture, apiFixture } from "../testing.ts";

let it: ApiFixture;
beforeAll(async () => {
  it = await apiFixture();
});
afterAll(() => it.close());

const read = async (url: string) => {
  const answer = await it.request(url);
  return `${answer.status} ${await answer.text()}`;
};
const set = async (url: string, fields: Record<string, string>) => {
  const answer = await it.post(url, new URLSearchParams(fields));
  return `${answer.status} ${answer.headers.get("location") ?? (await answer.text())}`;
};
const asJson = async <Value>(url: string) =>
  (await (await it.request(url, { headers: { accept: "application/json" } })).json()) as Value;

describe("representations", () => {
  test("are XML unless the client clearly wants something else", async () => {
    const job = await it.create(it.cones, { RADIUS: "1" });
    const java = "text/html, image/gif, image/jpeg, */*; q=0.2";
    const browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    const cases: [accept: string, type: string, content: string][] = [
      ["*/*", "text/xml", "<uws:job "],
      [java, "text/xml", "<uws:job "],
      ["text/plain", "text/xml", "<uws:job "],
      ["application/xml", "application/xml", "<uws:job "],
      ["application/json", "application/json", '{"jobId":'],
      [browser, "text/html", "<!DOCTYPE html>"],
    ];
    for (const [accept, type, content] of cases) {
      const answer = await it.request(job, { headers: { accept, "content-type": "application/json" } });
      expect(answer.headers.get("content-type")).toStartWith(type);
      expect(await answer.text()).toContain(content);
    }
  });

  test("hold absolute URLs of the host by which the client knows the server", async () => {
    const job = await it.create(it.frees, { A: "\u0001" });
    const answer = await it.request(job, { headers: { host: "archive.example.org" } });
    expect(await answer.text()).toContain(`>http://archive.example.org${new URL(job).pathname}/parameters/A<`);
    const odd = await it.request(job, { headers: { host: 'a"><script>' } });
    expect(await odd.text()).not.toContain("<script>");
  });

  test("the JSON of a job holds its attempts", async () => {
    const job = await it.create(it.cones, { RADIUS: "1", PHASE: "RUN" });
    expect(await asJson(job)).toMatchObject({ phase: "QUEUED", attempts: [] });
    await it.start(job);
    expect(await asJson(job)).toMatchObject({
      phase: "EXECUTING",
      worker: "w1",
      attempts: [{ number: 1, worker: "w1", endTime: null }],
    });
  });
});

describe("the children of a job", () => {
  test("are bare values", async () => {
    const job = await it.create(it.cones, { RADIUS: "1" });
    const answer = await it.request(`${job}/phase`);
    expect(answer.headers.get("content-type")).toStartWith("text/plain");
    expect(await answer.text()).toBe("PENDING");
    expect(await read(`${job}/executionduration`)).toBe("200 60");
    expect(await read(`${job}/destruction`)).toMatch(/^200 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(await read(`${job}/owner`)).toBe("200 ");
    expect(await read(`${job}/error`)).toStartWith("404 ");
    expect(await read(`${job}/parameters/radius`)).toBe("200 1");
    expect(await read(`${job}/parameters`)).toContain('<uws:parameter id="RADIUS">1</uws:parameter>');
    expect(await read(`${job}/results`)).toContain("<uws:results");
  });

  test("the quote comes from the estimate, then from what such jobs took, and ends with the job", async () => {
    const job = await it.create(it.cones, { RADIUS: "1", PHASE: "RUN" });
    const quote = Date.parse((await read(`${job}/quote`)).slice(4));
    expect(quote - Date.now()).toBeGreaterThan(25_000);
    expect(await read(`${await it.create(it.frees)}/quote`)).toBe("200 ");
    await it.complete(await it.start(job));
    expect(await read(`${job}/quote`)).toBe("200 ");
    expect(await read(job)).toContain('<uws:quote xsi:nil="true">');
  });

  test("all of them are 404 where there is no such job, or no such child", async () => {
    const children = ["", "/phase", "/executionduration", "/destruction", "/quote", "/owner", "/error", "/parameters"];
    const all = [...children, "/parameters/A", "/results", "/results/r", "/events"];
    const job = await it.create(it.frees);
    for (const id of ["01890000-0000-7000-8000-000000000000", "nonsense", "%zz", "..%2f", job.split("/").at(-1)]) {
      for (const child of all) {
        expect(await read(`${it.cones}/${id}${child}`)).toStartWith("404 ");
      }
    }
    for (const child of ["/parameters/A", "/results/r", "/nothing", "/phase/x"]) {
      expect(await read(job + child)).toStartWith("404 ");
    }
    expect(await set(`${it.cones}/nonsense/phase`, { PHASE: "RUN" })).toStartWith("404 ");
    expect((await it.request(`${it.cones}/nonsense`, { method: "DELETE" })).status).toBe(404);
  });

  test("a wrong method is 405 and says which are right", async () => {
    const job = await it.create(it.frees);
    const cases: [url: string, method: string, allow: string][] = [
      [it.frees, "DELETE", "GET, HEAD, POST"],
      [job, "PUT", "GET, HEAD, POST, PATCH, DELETE"],
      [`${job}/phase`, "DELETE", "GET, HEAD, POST"],
      [`${job}/owner`, "POST", "GET, HEAD"],
      [`${job}/results/r`, "POST", "GET, HEAD"],
      [`${job}/parameters/A`, "POST", "GET, HEAD, PUT"],
      [`${job}/events`, "POST", "GET, HEAD"],
      [`${it.api.url}/healthz`, "POST", "GET, HEAD"],
    ];
    for (const [url, method, allow] of cases) {
      const answer = await it.request(url, { method });
      expect([answer.status, answer.headers.get("allow")]).toEqual([405, allow]);
    }
  });
});

describe("control", () => {
  test("a job is started and aborted, by phase or at the job itself, in query or body", async () => {
    const job = await it.create(it.cones, { RADIUS: "1" });
    expect(await set(`${job}/phase`, { phase: "RUN" })).toBe(`303 ${job}`);
    expect(await read(`${job}/phase`)).toBe("200 QUEUED");
    expect(await set(`${job}/phase`, { PHASE: "RUN" })).toStartWith("403 ");
    const attempt = await it.start(job);
    await it.addResult(attempt, "early", "a,b\n");
    const cancelled = new Promise((resolve) => it.dispatch.news.onCancel(resolve));
    expect(await set(`${job}?PHASE=ABORT`, {})).toBe(`303 ${job}`);
    expect(await cancelled).toEqual({ token: attempt.token, reason: "aborted" });
    expect(await asJson(job)).toMatchObject({
      phase: "ABORTED",
      endTime: expect.any(String),
      results: [{ id: "early" }],
      attempts: [{ outcome: "aborted" }],
    });
    expect(await set(`${job}/phase`, { PHASE: "ABORT" })).toStartWith("403 ");
    expect(await set(`${job}/phase`, { PHASE: "RUN" })).toStartWith("403 ");
  });

  test("a job that lacks something is not started", async () => {
    const job = await it.create(it.cones);
    expect(await set(`${job}/phase`, { PHASE: "RUN" })).toBe("400 RADIUS is required");
    expect(await set(job, { RADIUS: "1", PHASE: "RUN" })).toBe(`303 ${job}`);
    expect(await read(`${job}/phase`)).toBe("200 QUEUED");
  });

  test("wrong values are refused and change nothing", async () => {
    const job = await it.create(it.cones, { RADIUS: "1" });
    const before = await read(job);
    for (const [child, fields] of [
      ["/phase", { PHASE: "GO" }],
      ["/phase", { RADIUS: "2" }],
      ["/executionduration", { EXECUTIONDURATION: "-1" }],
      ["/executionduration", { EXECUTIONDURATION: "2147483648" }],
      ["/destruction", { DESTRUCTION: "tomorrow" }],
      ["/parameters", { RADIUS: "0" }],
      ["", { ACTION: "REMOVE" }],
      ["", { RUNID: "\u0001" }],
      ["/phase", { RUNID: "late" }],
      ["", { RADIUS: "2", EXECUTIONDURATION: "x" }],
    ] as [string, Record<string, string>][]) {
      expect(await set(job + child, fields)).toStartWith("400 ");
    }
    const strip = (xml: string) => xml.replace(/<uws:quote>.*?<\/uws:quote>/, "");
    expect(strip(await read(job))).toBe(strip(before));
  });

  test("durations and destruction are reduced to what the service allows", async () => {
    const job = await it.create(it.cones);
    expect(await set(`${job}/executionduration`, { EXECUTIONDURATION: "100000" })).toBe(`303 ${job}`);
    expect(await read(`${job}/executionduration`)).toBe("200 600");
    expect(await set(`${job}/destruction`, { DESTRUCTION: "2100-01-01" })).toBe(`303 ${job}`);
    const destruction = Date.parse((await read(`${job}/destruction`)).slice(4));
    expect(destruction - Date.now()).toBeLessThanOrEqual(7200_000);
  });

  test("parameters change while the job is PENDING, and not after", async () => {
    const job = await it.create(it.cones, { RADIUS: "1", LABEL: "a" });
    expect(await set(job, { label: "b" })).toBe(`303 ${job}`);
    expect(await set(`${job}/parameters`, { BAND: "V" })).toBe(`303 ${job}`);
    const put = async (name: string, body: string) =>
      (await it.request(`${job}/parameters/${name}`, { method: "PUT", body })).status;
    expect(await put("RADIUS", "2.5")).toBe(303);
    expect(await put("RADIUS", "-2")).toBe(400);
    expect(await put("TABLE", "ra,dec\n")).toBe(303);
    expect(await asJson(job)).toMatchObject({
      parameters: [
        { name: "label", value: "b" },
        { name: "BAND", value: "V" },
        { name: "RADIUS", value: "2.5" },
        { name: "TABLE", byReference: true, size: 7 },
      ],
    });
    await set(`${job}/phase`, { PHASE: "RUN" });
    const files = await it.storedFiles();
    expect(await set(`${job}/parameters`, { LABEL: "c" })).toStartWith("403 ");
    expect(await put("TABLE", "late")).toBe(403);
    expect(await it.storedFiles()).toEqual(files);
  });

  // shows: parameters-unknown
  test("new parameters are taken where the job type allows unknown ones", async () => {
    const [open, closed] = [await it.create(it.frees, { A: "1" }), await it.create(it.cones, { RADIUS: "1" })];
    expect(await set(`${open}/parameters`, { NEW: "2" })).toBe(`303 ${open}`);
    expect((await it.request(`${open}/parameters/NEWER`, { method: "PUT", body: "3" })).status).toBe(303);
    expect(await asJson(open)).toMatchObject({
      parameters: [
        { name: "A", value: "1" },
        { name: "NEW", value: "2" },
        { name: "NEWER", value: "3" },
      ],
    });
    expect(await set(`${closed}/parameters`, { NEW: "2" })).toStartWith("400 NEW");
    expect((await it.request(`${closed}/parameters/NEW`, { method: "PUT", body: "3" })).status).toBe(400);
    expect(await asJson(closed)).toMatchObject({ parameters: [{ name: "RADIUS", value: "1" }] });
  });

  test("a job is destroyed by DELETE and by ACTION=DELETE, and by nothing else", async () => {
    const [one, other] = [await it.create(it.cones), await it.create(it.cones, { RADIUS: "1", PHASE: "RUN" })];
    const attempt = await it.start(other);
    const cancelled = new Promise((resolve) => it.dispatch.news.onCancel(resolve));
    expect(await set(one, {})).toBe(`303 ${one}`);
    const deleted = await it.request(one, { method: "DELETE" });
    expect([deleted.status, deleted.headers.get("location")]).toEqual([303, it.cones]);
    expect(await set(other, { action: "DELETE" })).toBe(`303 ${it.cones}`);
    expect(await cancelled).toEqual({ token: attempt.token, reason: "destroyed" });
    expect(await read(one)).toStartWith("404 ");
    expect(await read(other)).toStartWith("404 ");
  });
});

test("a queued job is handed to the queue", async () => {
  const job = await it.create(it.cones, { RADIUS: "1", PHASE: "RUN" });
  const taken = new AbortController();
  await until(async () => {
    for await (const message of it.dispatch.queue.pull("cone", 1, taken.signal)) {
      message.acknowledge();
      if (job.endsWith(message.id)) return true;
    }
    return false;
  }, "the job in the queue");
  taken.abort();
});
