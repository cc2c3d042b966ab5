import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Store } from "@uws/store";
import { type ApiFixture, apiFixture } from "./testing.ts";

/** A store of which every query fails while it is broken. */
let broken = false;
const breakable = (store: Store): Store => ({
  ...store,
  sql: new Proxy(store.sql, {
    apply(target, self, query) {
      if (broken) throw new Error("secret detail of the database");
      return Reflect.apply(target, self, query);
    },
    get(target, name, self) {
      if (broken && name === "unsafe") throw new Error("secret detail of the database");
      return Reflect.get(target, name, self);
    },
  }),
});

let it: ApiFixture;
beforeAll(async () => {
  it = await apiFixture({ wrapStore: breakable });
});
afterAll(() => it.close());

describe("request ids", () => {
  test("are on every answer; a sane one of the client is kept", async () => {
    expect((await it.request(it.cones)).headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
    expect((await it.request(`${it.api.url}/nothing`)).headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
    const given = async (id: string) =>
      (await it.request(it.cones, { headers: { "x-request-id": id } })).headers.get("x-request-id");
    expect(await given("trace-1.a")).toBe("trace-1.a");
    expect(await given("a b<script>")).toMatch(/^[0-9a-f-]{36}$/);
  });

  // shows: http-failure
  test("tell where an unexpected failure was logged, once, and nothing else; the next request is served", async () => {
    broken = true;
    const job = `${it.cones}/01890000-0000-7000-8000-000000000000`;
    const answers = [
      await it.request(job, { headers: { "x-request-id": "broken-1" } }),
      await it.request(it.cones, { headers: { "x-request-id": "broken-2" } }),
      await it.post(it.cones, new URLSearchParams({ RADIUS: "1" }), { "x-request-id": "broken-3" }),
    ];
    const notReady = await it.request(`${it.api.url}/readyz`);
    broken = false;
    for (const [index, answer] of answers.entries()) {
      const id = `broken-${index + 1}`;
      expect([answer.status, await answer.text()]).toEqual([500, `internal error; request ${id}`]);
      const errors = it.logged.filter((line) => line.requestId === id && line.level === 50);
      expect(errors).toMatchObject([{ err: { message: "secret detail of the database" } }]);
    }
    expect([notReady.status, await notReady.json()]).toMatchObject([
      503,
      { ready: false, checks: { database: false } },
    ]);
    expect((await it.request(it.cones)).status).toBe(200);
  });

  test("stand in the log of each request, with the job", async () => {
    const job = await it.create(it.cones);
    await it.request(`${job}/phase?x=secret`, { headers: { "x-request-id": "logged-1" } });
    expect(it.logged.filter((line) => line.requestId === "logged-1")).toMatchObject([
      { level: 30, method: "GET", status: 200, jobId: job.split("/").at(-1), path: new URL(`${job}/phase`).pathname },
    ]);
    expect(JSON.stringify(it.logged)).not.toContain("x=secret");
  });
});

test("health and readiness", async () => {
  expect(await (await it.request(`${it.api.url}/healthz`)).text()).toBe("ok");
  const ready = await it.request(`${it.api.url}/readyz`);
  expect([ready.status, await ready.json()]).toEqual([
    200,
    { ready: true, checks: { database: true, nats: true }, waiting: 0 },
  ]);
  expect(it.logged.filter((line) => line.path === "/healthz")).toMatchObject([{ level: 20 }]);
});

test("short host names find their way", async () => {
  const answer = await it.request(it.cones, { headers: { host: "api" } });
  expect(answer.status).toBe(200);
});

test("the index lists the services", async () => {
  const page = await (await it.request(`${it.api.url}/`)).text();
  expect(page).toContain('<a href="/cone/async">');
  expect(page).toContain("Anything &amp; &lt;everything&gt;");
  const list = await it.request(`${it.api.url}/`, { headers: { accept: "application/json" } });
  expect(list.headers.get("vary")).toBe("accept");
  expect(await list.json()).toMatchObject({
    services: expect.arrayContaining([
      {
        path: "cone",
        title: expect.any(String),
        types: [
          {
            name: "cone",
            version: "1.0.0",
            title: "Cone search",
            description: expect.any(String),
            contact: null,
            documentation: null,
          },
        ],
        typeParameter: "JOBTYPE",
        jobList: it.cones,
        jobListPath: "cone/async",
        description: it.cones.replace(/async$/, "description"),
      },
    ]),
  });
});

describe("OpenAPI", () => {
  interface Document {
    openapi: string;
    paths: Record<string, Record<string, { responses: Record<string, { description?: string }>; tags: string[] }>>;
  }

  test("describes every operation, and the parameters of each job type", async () => {
    const answer = await it.request(`${it.api.url}/swagger/json`);
    expect(answer.headers.get("content-type")).toStartWith("application/json");
    const document = (await answer.json()) as Document;
    expect(document.openapi).toBe("3.1.0");
    expect(Object.keys(document.paths)).toContain("/api/batch/jobs/{id}/results/{name}");
    expect(Object.keys(document.paths["/cone/async/{id}"] ?? {})).toEqual(["get", "post", "patch", "delete"]);
    expect(document.paths["/cone/async"]?.post).toMatchObject({
      tags: ["cone"],
      requestBody: {
        content: {
          "application/x-www-form-urlencoded": {
            schema: { properties: { RADIUS: { exclusiveMinimum: 0 }, PHASE: { enum: ["RUN"] } } },
          },
          "multipart/form-data": { schema: { properties: { TABLE: { format: "binary" } } } },
          "application/json": { schema: { properties: { parameters: { properties: { RADIUS: {} } } } } },
        },
      },
      responses: { 303: { headers: { Location: {} } } },
    });
    for (const operations of Object.values(document.paths)) {
      for (const { responses, tags } of Object.values(operations)) {
        expect(tags).toHaveLength(1);
        expect(Object.keys(responses)).not.toHaveLength(0);
        for (const { description } of Object.values(responses)) expect(description).toBeString();
      }
    }
    expect(JSON.stringify(document)).not.toMatch(/"\$id":"|"\$schema":"/);
  });

  test("is shown by a page that needs no other host", async () => {
    const answer = await it.request(`${it.api.url}/swagger`);
    expect(answer.headers.get("content-type")).toStartWith("text/html");
    expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
    const page = await answer.text();
    expect(page).not.toMatch(/https?:|\/\//);
    const assets = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path ?? "");
    expect(assets).toHaveLength(4);
    for (const asset of assets) {
      const served = await it.request(new URL(asset, `${it.api.url}/swagger`).href);
      expect(served.status).toBe(200);
      expect((await served.bytes()).length).toBeGreaterThan(50);
    }
    expect((await it.request(`${it.api.url}/swagger/package.json`)).status).toBe(404);
    const css = await (await it.request(`${it.api.url}/swagger/swagger-ui.css`)).text();
    expect(css.replaceAll(/url\("?data:[^)]*\)/g, "")).not.toMatch(/url\(|@import/);
    expect((await it.request(`${it.api.url}/swagger/`)).headers.get("location")).toBe(`${it.api.url}/swagger`);
  });
});

// shows: create-public-url
test("a configured public URL is what clients see", async () => {
  const behind = await apiFixture({ environment: { UWS_PUBLIC_URL: "https://archive.example.org/uws/" } });
  const answer = await behind.post(behind.cones);
  expect(answer.headers.get("location")).toMatch(/^https:\/\/archive\.example\.org\/uws\/cone\/async\/[0-9a-f-]{36}$/);
  await behind.close();
});

test("the JSON Schema of job descriptions is published, and descriptions and the OpenAPI document lead to it", async () => {
  const url = `${it.api.url}/schemas/job-description`;
  const answer = await it.request(url);
  expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "application/schema+json"]);
  const schema = (await answer.json()) as { $id: string; required: string[] };
  expect([schema.$id, schema.required]).toEqual([url, ["name", "version", "title", "parameters"]]);
  for (const accept of ["application/json", "application/yaml"]) {
    const { headers } = await it.request(`${it.api.url}/cone/description`, { headers: { accept } });
    expect(headers.get("link")).toBe(`<${url}>; rel="describedby"`);
  }
  const { paths } = (await (await it.request(`${it.api.url}/swagger/json`)).json()) as { paths: object };
  expect(Object.keys(paths)).toContain("/schemas/job-description");
});
