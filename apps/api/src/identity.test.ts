import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { hashPassword } from "@uws/auth";
import { addUser, removeUser, setPassword } from "@uws/store";
import { loadServices } from "./load-services.ts";
import { serviceRoutes } from "./service-routes.ts";
import { type ApiFixture, apiFixture } from "./testing.ts";

type Headers = Record<string, string>;

const basic = (name: string, password: string): Headers => ({
  authorization: `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}`,
});
/** What a 401 asks for. */
const howToLogIn = 'Basic realm="Jobs of the observatory", charset="UTF-8", Bearer realm="Jobs of the observatory"';
const alice = basic("alice", "wonderland: ÄÖÜ");
const bob = basic("bob", "the builder");

let it: ApiFixture;
beforeAll(async () => {
  it = await apiFixture({ environment: { UWS_AUTH_BASIC: "true", UWS_AUTH_REALM: "Jobs of the observatory" } });
  await addUser(it.store, "alice", await hashPassword("wonderland: ÄÖÜ"));
  await addUser(it.store, "bob", await hashPassword("the builder"));
});
afterAll(() => it.close());

async function createAs(who: Headers, fields: Record<string, string> = {}): Promise<string> {
  const answer = await it.post(it.cones, new URLSearchParams(fields), who);
  expect(answer.status).toBe(303);
  return answer.headers.get("location") ?? "";
}

const get = (url: string, headers: Headers = {}) => it.request(url, { headers });
const text = async (url: string, headers: Headers = {}) => await (await get(url, headers)).text();
const references = async (headers: Headers, query = "") =>
  [...(await text(it.cones + query, headers)).matchAll(/xlink:href="([^"]+)"/g)].map(([, href]) => href);

// shows: owner-named
test("who creates a job owns it, and X/owner, the job and the list say so", async () => {
  const job = await createAs(alice);
  const owner = await get(`${job}/owner`, alice);
  expect([owner.headers.get("content-type"), await owner.text()]).toEqual(["text/plain; charset=utf-8", "alice"]);
  expect(await text(job, alice)).toContain("<uws:ownerId>alice</uws:ownerId>");
  expect(await text(it.cones, alice)).toContain("<uws:ownerId>alice</uws:ownerId>");
  const json = await get(job, { ...alice, accept: "application/json" });
  expect(await json.json()).toMatchObject({ ownerId: "alice" });
});

test("an answer to somebody says to whom, in the log as well", async () => {
  const answer = await get(it.cones, { ...alice, "x-request-id": "alice-1" });
  expect(answer.headers.get("x-vo-authenticated")).toBe("alice");
  expect(it.logged.filter(({ requestId }) => requestId === "alice-1")).toMatchObject([{ owner: "alice" }]);
  expect((await get(it.cones)).headers.has("x-vo-authenticated")).toBe(false);
  expect(JSON.stringify(it.logged)).not.toContain("wonderland");
});

describe("somebody else's job", () => {
  const changing = ["POST", "PUT", "DELETE"];

  // shows: owner-restricted
  test("is 403 on every route and with every method; to an anonymous client 401; and nothing changes", async () => {
    const job = await createAs(alice, { RADIUS: "1" });
    await it.post(`${job}/phase`, new URLSearchParams({ PHASE: "RUN" }), alice);
    await it.addResult(await it.start(job), "result", "a,b\n");
    const before = await text(job, alice);
    const id = job.split("/").at(-1) ?? "";

    const [cone] = await loadServices(it.config);
    if (cone === undefined) throw new Error("there is no service");
    const routes = serviceRoutes(cone).filter(({ path }) => path.includes(":id"));
    expect(routes.length).toBeGreaterThan(12);
    for (const { path, methods } of routes) {
      const name = path.includes("results") ? "result" : "RADIUS";
      const url = it.api.url + path.replace(":id", id).replace(":name", name);
      for (const method of Object.keys(methods)) {
        const ask = (headers: Headers) =>
          it.request(url, {
            method,
            headers,
            ...(changing.includes(method) ? { body: new URLSearchParams({ PHASE: "ABORT" }) } : {}),
          });
        const answers = [await ask(bob), await ask({})];
        const seen = answers.map(({ status, headers }) => [status, headers.get("www-authenticate")]);
        // A worker's report needs the attempt's token, whoever asks.
        const worker = [401, 'Bearer realm="Jobs of the observatory"'];
        const client = [401, howToLogIn];
        const expected = method === "PATCH" ? [worker, worker] : [[403, null], client];
        expect([method, path, ...seen]).toEqual([method, path, ...expected]);
      }
    }
    expect(await text(job, alice)).toBe(before);
  });

  test("is in nobody else's list, whatever the filters say", async () => {
    const [ofAlice, ofBob, ofNobody] = [await createAs(alice), await createAs(bob), await createAs({})];
    const lists = await Promise.all([alice, bob, {}].map((who) => references(who)));
    expect(lists.map((list) => [ofAlice, ofBob, ofNobody].map((job) => list.includes(job)))).toEqual([
      [true, false, false],
      [false, true, false],
      [false, false, true],
    ]);
    expect(await references(bob, "?PHASE=PENDING&LAST=1")).toEqual([ofBob]);
    const json = await get(`${it.cones}?limit=1`, { ...bob, accept: "application/json" });
    expect(await json.json()).toMatchObject({ jobs: [{ href: ofBob }] });
    expect(await references(bob, "?OWNER=alice")).toEqual([]);
    expect((await get(`${it.cones}?OWNER=alice`)).status).toBe(403);
    expect((await get(`${it.cones}?OWNER=alice`, alice)).status).toBe(200);
  });

  test("may be seen and run by everybody where it is nobody's", async () => {
    const job = await createAs({});
    expect((await get(job, alice)).status).toBe(200);
    expect((await it.post(`${job}/phase`, new URLSearchParams({ PHASE: "ABORT" }), bob)).status).toBe(303);
  });

  test("is not destroyed, run, or waited for", async () => {
    const job = await createAs(alice);
    expect((await it.request(job, { method: "DELETE", headers: bob })).status).toBe(403);
    expect((await it.post(job, new URLSearchParams({ ACTION: "DELETE" }), bob)).status).toBe(403);
    expect((await it.post(`${job}/phase`, new URLSearchParams({ PHASE: "RUN" }), bob)).status).toBe(403);
    expect((await get(`${job}?WAIT=60`, bob)).status).toBe(403);
    expect(await text(`${job}/phase`, alice)).toBe("PENDING");
  });

  test("a cursor of one owner's list shows nothing of it to another", async () => {
    await createAs(alice);
    await createAs(alice);
    const accept = { accept: "application/json" };
    const { next } = (await (await get(`${it.cones}?limit=1`, { ...alice, ...accept })).json()) as { next: string };
    expect((await get(next, { ...bob, ...accept })).status).toBe(400);
    expect((await get(next, { ...alice, ...accept })).status).toBe(200);
  });
});

describe("credentials", () => {
  // shows: basic-wrong
  test("that are wrong are 401 with a challenge, and never an anonymous client, on every resource that asks who it is", async () => {
    const wrong = [
      basic("alice", "wonderland"),
      basic("alice", ""),
      basic("Alice", "wonderland: ÄÖÜ"),
      basic("nobody", "wonderland: ÄÖÜ"),
      { authorization: "Basic bm8tY29sb24=" },
      { authorization: "Basic" },
      { authorization: "Basic ****" },
      { authorization: `Basic ${"A".repeat(8000)}` },
      { authorization: "Bearer token" },
      { authorization: "nonsense" },
    ];
    const before = await it.countJobs();
    for (const headers of wrong) {
      for (const [url, method] of [
        [it.cones, "GET"],
        [it.cones, "POST"],
        [`${it.cones}/0189`, "GET"],
        [it.cones.replace("async", "sync?RADIUS=1"), "GET"],
        [it.cones.replace("async", "capabilities"), "GET"],
      ] as const) {
        const answer = await it.request(url, { method, headers });
        expect([url, answer.status, answer.headers.get("www-authenticate")]).toEqual([url, 401, howToLogIn]);
        expect(answer.headers.has("x-vo-authenticated")).toBe(false);
      }
    }
    expect(await it.countJobs()).toBe(before);
  });

  test("stop to count the moment that they are changed or removed", async () => {
    await addUser(it.store, "carol", await hashPassword("first password"));
    const [first, second] = [basic("carol", "first password"), basic("carol", "second password")];
    const statuses = async () => [(await get(it.cones, first)).status, (await get(it.cones, second)).status];
    expect(await statuses()).toEqual([200, 401]);
    await setPassword(it.store, "carol", await hashPassword("second password"));
    expect(await statuses()).toEqual([401, 200]);
    await removeUser(it.store, "carol");
    expect(await statuses()).toEqual([401, 401]);
  });

  test("that are right are hashed once, not with each request, even if many come at once that are new", async () => {
    await addUser(it.store, "dave", await hashPassword("space odyssey"));
    const dave = basic("dave", "space odyssey");
    // If each were hashed, most of them would be too many at once, as the next test shows.
    const answers = await Promise.all(Array.from({ length: 60 }, () => get(it.cones, dave)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });

  test("are refused for a moment where too many wrong ones come at once; those that are known are not", async () => {
    await get(it.cones, alice);
    const flood = Array.from({ length: 60 }, (_, index) => get(it.cones, basic("alice", `guess ${index}`)));
    const known = await get(it.cones, alice);
    const answers = await Promise.all(flood);
    const statuses = new Set(answers.map(({ status }) => status));
    expect([known.status, [...statuses].sort()]).toEqual([200, [401, 503]]);
    expect(answers.find(({ status }) => status === 503)?.headers.get("retry-after")).toBe("1");
    expect((await get(it.cones, bob)).status).toBe(200);
  });

  test("are not asked for where everybody may know: availability and descriptions", async () => {
    const service = it.cones.replace("/async", "");
    for (const name of ["availability", "description"]) {
      expect((await get(`${service}/${name}`, basic("alice", "wrong password"))).status).toBe(200);
    }
  });
});

test("capabilities tell how to log in, and whether the credentials are right", async () => {
  const url = it.cones.replace("async", "capabilities");
  const open = await get(url);
  expect([open.status, open.headers.get("www-authenticate")]).toEqual([200, howToLogIn]);
  const xml = await open.text();
  expect(xml.match(/<securityMethod\/?>/g)?.length).toBe(2);
  expect(xml.match(/<securityMethod standardID="ivo:\/\/ivoa.net\/sso#BasicAA"/g)?.length).toBe(2);
  const known = await get(url, alice);
  expect([known.headers.get("www-authenticate"), known.headers.get("x-vo-authenticated")]).toEqual([null, "alice"]);
});

test("a script in a page is told how to log in, and its user not asked by a dialog over it", async () => {
  const job = await createAs(alice);
  const challengeTo = async (headers: Headers) => (await get(job, headers)).headers.get("www-authenticate");
  expect(await challengeTo({})).toStartWith("Basic realm=");
  expect(await challengeTo({ "x-requested-with": "XMLHttpRequest" })).toStartWith("PageBasic realm=");
});

test("a browser is asked for credentials where its user wants to log in, and led back", async () => {
  expect(await text(`${it.api.url}/`)).toContain('<a href="login">Log in</a>');
  const asked = await get(`${it.api.url}/login`);
  expect([asked.status, asked.headers.has("www-authenticate")]).toEqual([401, true]);
  const ledTo = async (then: string) =>
    (await get(`${it.api.url}/login?then=${encodeURIComponent(then)}`, alice)).headers.get("location");
  expect(await ledTo("/ui/cone/async?PHASE=ERROR")).toBe(`${it.api.url}/ui/cone/async?PHASE=ERROR`);
  // To the web page, and nowhere else.
  for (const then of ["https://example.org/", "//example.org/ui", "/ui/../cone/async", "/uit", "http://[", ""]) {
    expect([then, await ledTo(then)]).toEqual([then, `${it.api.url}/`]);
  }
  const known = await get(`${it.api.url}/login`, alice);
  expect([known.status, known.headers.get("location")]).toEqual([303, `${it.api.url}/`]);
});

describe("changes in somebody's name", () => {
  const foreign: Headers[] = [
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { "sec-fetch-site": "cross-site", origin: "http://evil.example" },
    { origin: "http://evil.example" },
    { origin: "null" },
  ];

  test("that a page of another site asks for are 403, and nothing changes; to look is harmless", async () => {
    const job = await createAs(alice, { RADIUS: "1" });
    const before = await it.countJobs();
    for (const headers of foreign.map((each) => ({ ...each, ...alice }))) {
      const answers = [
        await it.post(it.cones, new URLSearchParams({ RADIUS: "1" }), headers),
        await it.post(job, new URLSearchParams({ ACTION: "DELETE" }), headers),
        await it.post(`${job}/phase`, new URLSearchParams({ PHASE: "RUN" }), headers),
        await it.request(`${job}/parameters/RADIUS`, { method: "PUT", body: "2", headers }),
        await it.request(job, { method: "DELETE", headers }),
        await get(it.cones.replace("async", "sync?RADIUS=1"), headers),
      ];
      expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403, 403]);
      expect((await get(job, headers)).status).toBe(200);
    }
    expect([await it.countJobs(), await text(`${job}/phase`, alice)]).toEqual([before, "PENDING"]);
    expect(await text(`${job}/parameters/RADIUS`, alice)).toBe("1");
  });

  test("that a page of this server, or no page, asks for are made", async () => {
    for (const headers of [
      { "sec-fetch-site": "same-origin" },
      { "sec-fetch-site": "none" },
      { origin: it.api.url },
      {},
    ] as Headers[]) {
      expect((await it.post(it.cones, new URLSearchParams({}), { ...headers, ...alice })).status).toBe(303);
    }
  });

  test("are none where the client is nobody: pages of other sites may use an open server", async () => {
    expect((await it.post(it.cones, new URLSearchParams({}), { "sec-fetch-site": "cross-site" })).status).toBe(303);
  });
});

describe("a server that lets only users in", () => {
  let closed: ApiFixture;
  beforeAll(async () => {
    closed = await apiFixture({ environment: { UWS_AUTH_BASIC: "true", UWS_AUTH_ANONYMOUS: "false" } });
    await addUser(closed.store, "alice", await hashPassword("wonderland: ÄÖÜ"));
  });
  afterAll(() => closed.close());

  test("asks for credentials everywhere but where services are described", async () => {
    const service = closed.cones.replace("/async", "");
    const status = async (url: string, headers: Headers = {}) => (await closed.request(url, { headers })).status;
    expect(await status(closed.cones)).toBe(401);
    expect(await status(`${closed.cones}/0189`)).toBe(401);
    expect(await status(`${service}/sync?RADIUS=1`)).toBe(401);
    expect((await closed.post(closed.cones)).status).toBe(401);
    expect(await status(closed.cones, alice)).toBe(200);
    for (const name of ["capabilities", "availability", "description"]) {
      expect(await status(`${service}/${name}`)).toBe(200);
    }
    expect(await (await closed.request(`${service}/capabilities`)).text()).not.toContain("<securityMethod/>");
    expect(await closed.countJobs()).toBe(0);
  });

  test("its OpenAPI document says so", async () => {
    const document = (await (await closed.request(`${closed.api.url}/swagger/json`)).json()) as {
      security: object[];
      components: { securitySchemes: object };
      paths: Record<string, Record<string, { security?: object[]; responses: object }>>;
    };
    expect(document.security).toEqual([{ basic: [] }, { user: [] }]);
    expect(document.components.securitySchemes).toMatchObject({
      basic: { type: "http", scheme: "basic" },
      user: { type: "http", scheme: "bearer" },
      worker: { type: "http", scheme: "bearer" },
      attempt: { type: "http", scheme: "bearer" },
    });
    expect(document.paths["/cone/async"]?.post?.responses).toHaveProperty("401");
    expect(document.paths["/cone/availability"]?.get).toMatchObject({ security: [] });
  });
});

test("without Basic, nobody is asked to log in, and who tries all the same is told that it does not work", async () => {
  await using open = await (async () => {
    const fixture = await apiFixture();
    return { ...fixture, [Symbol.asyncDispose]: () => fixture.close() };
  })();
  const answer = await open.request(open.cones, { headers: alice });
  expect([answer.status, answer.headers.get("www-authenticate")]).toEqual([401, null]);
  const capabilities = await open.request(open.cones.replace("async", "capabilities"));
  expect([capabilities.headers.get("www-authenticate"), await capabilities.text()]).toEqual([
    null,
    expect.not.stringContaining("securityMethod"),
  ]);
});
