import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { failAttempts } from "@uws/store";
import { until } from "@uws/testing";
import { type ApiFixture, apiFixture } from "../testing.ts";

let it: ApiFixture;
let cone: string;
let free: string;
beforeAll(async () => {
  it = await apiFixture();
  cone = `${it.api.url}/cone`;
  free = `${it.api.url}/api/batch`;
});
afterAll(() => it.close());

/** Sends a synchronous request, and gives the URL that waits and the job's. */
async function begin(service: string, body?: RequestInit["body"], headers?: Record<string, string>) {
  const answer = await it.post(`${service}/sync`, body, headers);
  expect([answer.status, answer.headers.get("content-length")]).toEqual([303, "0"]);
  const waiting = answer.headers.get("location") ?? "";
  const job = /^<(.+)>; rel="status"$/.exec(answer.headers.get("link") ?? "")?.[1] ?? "";
  return { waiting, job };
}

/** A job that has ended as told, and the URL that waits for it. */
async function ended(how: (attempt: Awaited<ReturnType<ApiFixture["start"]>>) => Promise<unknown>, service = cone) {
  const begun = await begin(service, new URLSearchParams({ RADIUS: "1" }));
  await how(await it.start(begun.job));
  return begun;
}

const failing = (type: "fatal" | "transient", detail = "") =>
  ended(async (attempt) => {
    const failure = { type, message: `no stars (${type})`, detail, retryable: false, retryDelay: 0 };
    expect(await failAttempts(it.store, [{ ...attempt, ...failure }])).toHaveLength(1);
  });

describe("a synchronous request", () => {
  const fields = { RADIUS: "0.5", label: "x" };
  test.each([
    ["a form", new URLSearchParams(fields), {}],
    ["JSON", JSON.stringify(fields), { "content-type": "application/json" }],
    ["JSON with settings", JSON.stringify({ runId: "r", parameters: fields }), { "content-type": "application/json" }],
    [
      "multipart",
      (() => {
        const form = new FormData();
        for (const [name, value] of Object.entries(fields)) form.append(name, value);
        return form;
      })(),
      {},
    ],
  ])("by POST of %s creates a job that runs", async (_how, body, headers) => {
    const { waiting, job } = await begin(cone, body, headers);
    expect(job).toStartWith(`${it.cones}/`);
    expect(waiting).toBe(job.replace("/async/", "/sync/"));
    const xml = await (await it.request(job)).text();
    expect(xml).toContain("<uws:phase>QUEUED</uws:phase>");
    expect(xml).toContain('<uws:parameter id="RADIUS">0.5</uws:parameter>');
    expect(xml).toContain('<uws:parameter id="label">x</uws:parameter>');
  });

  test("by GET does the same, at services of several segments as well", async () => {
    const answer = await it.request(`${free}/sync?A=1&A=2&RUNID=night`);
    expect(answer.status).toBe(303);
    const job = `${it.frees}/${answer.headers.get("location")?.split("/").at(-1)}`;
    expect(answer.headers.get("location")).toStartWith(`${free}/sync/`);
    const shown = await (await it.request(job, { headers: { accept: "application/json" } })).json();
    const parameters = [{ value: "1" }, { value: "2" }];
    expect(shown).toMatchObject({ phase: "QUEUED", runId: "night", parameters });
  });

  test("uploads files", async () => {
    const form = new FormData();
    form.append("RADIUS", "1");
    form.append("TABLE", new File(["ra,dec\n1,2\n"], "t.csv", { type: "text/csv" }));
    const { job } = await begin(cone, form);
    expect(await (await it.request(`${job}/parameters/TABLE`)).text()).toBe("ra,dec\n1,2\n");
  });

  test.each([
    ["", "RADIUS"],
    ["?RADIUS=9", "RADIUS"],
    ["?RADIUS=1&COLOUR=red", "COLOUR"],
    ["?RADIUS=1&PHASE=ABORT", "PHASE=ABORT"],
    ["?RADIUS=1&DESTRUCTION=soon", "DESTRUCTION"],
  ])("that is wrong (%p) is a 400 that says how, and leaves nothing", async (query, named) => {
    const jobs = await it.countJobs();
    for (const method of ["GET", "POST"]) {
      const answer = await it.request(`${cone}/sync${query}`, { method });
      expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining(named)]);
    }
    expect(await it.countJobs()).toBe(jobs);
  });

  // shows: sync-head
  test("by HEAD is refused, since it would run a job; other methods are not there", async () => {
    const jobs = await it.countJobs();
    for (const method of ["HEAD", "PUT", "DELETE"]) {
      const answer = await it.request(`${free}/sync`, { method });
      expect([answer.status, answer.headers.get("allow")]).toEqual([405, "GET, POST"]);
    }
    expect(await it.countJobs()).toBe(jobs);
  });
});

describe("a client that follows redirects", () => {
  test("gets the bytes of the result as soon as the job is complete", async () => {
    const answer = fetch(`${cone}/sync`, { method: "POST", body: new URLSearchParams({ RADIUS: "1" }) });
    await until(() => it.api.waiting() > 0, "the server waits");
    const [{ id } = { id: "" }] = await it.store.sql<{ id: string }[]>`select id from jobs order by id desc limit 1`;
    const attempt = await it.start(`${it.cones}/${id}`);
    // A change that is no end.
    await it.progress(attempt, 1, 0.5);
    await it.addResult(attempt, "log", "no", "text/plain");
    await it.addResult(attempt, "result", "ra,dec\n", "text/csv");
    expect(it.api.waiting()).toBe(1);
    await it.complete(attempt);
    const got = await answer;
    expect([got.status, got.headers.get("content-type"), await got.text()]).toEqual([200, "text/csv", "ra,dec\n"]);
    expect(got.url).toBe(`${it.cones}/${id}/results/result`);
    expect(it.api.waiting()).toBe(0);
  });

  // shows: sync-result
  test("gets the declared result before others, one named result before the first, and else the first", async () => {
    const resultOf = async (service: string, ...ids: readonly string[]) => {
      const { waiting } = await ended(async (attempt) => {
        for (const id of ids) await it.addResult(attempt, id, id);
        await it.complete(attempt);
      }, service);
      return await (await fetch(waiting)).text();
    };
    expect(await resultOf(cone, "a", "result")).toBe("result");
    expect(await resultOf(free, "a", "result")).toBe("result");
    expect(await resultOf(free, "b", "a")).toBe("b");
  });

  test("gets the empty list where the job has left no result", async () => {
    const { waiting, job } = await ended((attempt) => it.complete(attempt));
    const answer = await fetch(waiting);
    expect([answer.status, answer.url]).toEqual([200, `${job}/results`]);
    expect(await answer.text()).toContain("<uws:results");
  });
});

describe("a job without a result", () => {
  test("that failed is a 422 with the error as text or problem", async () => {
    const { waiting, job } = await failing("fatal", "all of them\nare gone");
    const text = await it.request(waiting);
    expect([text.status, text.headers.get("content-type")]).toEqual([422, "text/plain; charset=utf-8"]);
    expect(await text.text()).toBe("no stars (fatal)\n\nall of them\nare gone");
    expect(text.headers.get("link")).toBe(`<${job}>; rel="status"`);
    const problem = await it.request(waiting, { headers: { accept: "application/json" } });
    expect(problem.headers.get("content-type")).toBe("application/problem+json");
    expect(await problem.json()).toMatchObject({
      status: 422,
      title: "Unprocessable Content",
      code: "failed",
      detail: "no stars (fatal)\n\nall of them\nare gone",
    });
  });

  test("that may work another time is a 500", async () => {
    const { waiting } = await failing("transient");
    const answer = await it.request(waiting);
    expect([answer.status, await answer.text()]).toEqual([500, "no stars (transient)"]);
  });

  test("that was aborted says so at once", async () => {
    const { waiting, job } = await begin(cone, new URLSearchParams({ RADIUS: "1" }));
    const answer = it.request(waiting);
    await until(() => it.api.waiting() > 0, "the server waits");
    await it.post(`${job}/phase`, new URLSearchParams({ PHASE: "ABORT" }));
    const { status, headers } = await answer;
    expect([status, headers.get("retry-after")]).toEqual([422, null]);
  });

  test("that was destroyed is a 404 at once, one that is not there as well", async () => {
    const { waiting, job } = await begin(cone, new URLSearchParams({ RADIUS: "1" }));
    const answer = it.request(waiting);
    await until(() => it.api.waiting() > 0, "the server waits");
    await it.request(job, { method: "DELETE" });
    expect((await answer).status).toBe(404);
    expect((await it.request(`${cone}/sync/nonsense`)).status).toBe(404);
    expect((await it.request(waiting.replace(cone, free))).status).toBe(404);
  });

  test("that waits for its client is a 403 at once that says where", async () => {
    const pending = await it.create(it.cones, { RADIUS: "1" });
    const answer = await it.request(pending.replace("/async/", "/sync/"));
    expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining(`PENDING: nobody has started`)]);
    await it.store.sql`update jobs set phase = 'HELD' where id = ${pending.split("/").at(-1) ?? ""}`;
    const held = await it.request(pending.replace("/async/", "/sync/"));
    expect([held.status, await held.text()]).toEqual([403, expect.stringContaining(`${pending}/phase`)]);
  });

  test("that is archived is a 404", async () => {
    const { waiting, job } = await ended((attempt) => it.complete(attempt));
    await it.store.sql`update jobs set phase = 'ARCHIVED' where id = ${job.split("/").at(-1) ?? ""}`;
    const answer = await it.request(waiting);
    expect([answer.status, await answer.text()]).toEqual([404, expect.stringContaining("ARCHIVED")]);
  });
});

describe("a wait that is over", () => {
  // shows: sync-late
  test("before the job is a 503 with Retry-After and the job's URL; asking again gives the result", async () => {
    const { waiting, job } = await begin(cone, new URLSearchParams({ RADIUS: "1" }));
    const answer = await it.request(`${waiting}?WAIT=1`);
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "1"]);
    expect(answer.headers.get("link")).toBe(`<${job}>; rel="status"`);
    expect(await answer.text()).toContain(job);
    const attempt = await it.start(job);
    await it.addResult(attempt, "result", "found");
    await it.complete(attempt);
    expect(await (await fetch(waiting)).text()).toBe("found");
    expect((await it.request(`${waiting}?WAIT=x`)).status).toBe(400);
  });

  test("before it began, because too many wait, is a 503 at once", async () => {
    const narrow = await apiFixture({ environment: { UWS_WAIT_CLIENTS: "1" } });
    const urls = await Promise.all(["1", "2"].map((RADIUS) => narrow.create(narrow.cones, { RADIUS, PHASE: "RUN" })));
    const [first = "", second = ""] = urls.map((url) => url.replace("/async/", "/sync/"));
    const waits = narrow.request(first);
    await until(() => narrow.api.waiting() > 0, "the server waits");
    const refused = await narrow.request(second);
    expect([refused.status, await refused.text()]).toEqual([503, expect.stringContaining(urls[1] ?? "")]);
    const attempt = await narrow.start(urls[0] ?? "");
    await narrow.complete(attempt);
    expect((await waits).status).toBe(303);
    await narrow.close();
  });

  test("because its client left is forgotten, and the job goes on", async () => {
    const { waiting, job } = await begin(cone, new URLSearchParams({ RADIUS: "1" }));
    const leaving = new AbortController();
    const answer = it.request(waiting, { signal: leaving.signal }).catch(() => "left");
    await until(() => it.api.waiting() > 0, "the server waits");
    leaving.abort();
    expect(await answer).toBe("left");
    await until(() => it.api.waiting() === 0, "the waiter is gone");
    expect(await (await it.request(`${job}/phase`)).text()).toBe("QUEUED");
  });

  test("because the server stops is answered", async () => {
    const other = await apiFixture();
    const answer = await other.post(`${other.api.url}/cone/sync`, new URLSearchParams({ RADIUS: "1" }));
    const waiting = other.request(answer.headers.get("location") ?? "");
    await until(() => other.api.waiting() > 0, "the server waits");
    const closed = other.close();
    expect((await waiting).status).toBe(503);
    await closed;
  });
});
