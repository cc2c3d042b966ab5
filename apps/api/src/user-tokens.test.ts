import { afterAll, beforeAll, expect, test } from "bun:test";
import { hashPassword } from "@uws/auth";
import { addUser, removeUser } from "@uws/store";
import { type ApiFixture, apiFixture } from "./testing.ts";

type Headers = Record<string, string>;
type Body = Record<string, unknown>;

const alice = { authorization: `Basic ${Buffer.from("alice:wonderland").toString("base64")}` };
const operator = { authorization: `Basic ${Buffer.from("olga:overseer").toString("base64")}` };

/** The service of `it.frees`; the other one is `cone`. */
const other = "api/batch";

let it: ApiFixture;
beforeAll(async () => {
  it = await apiFixture({ environment: { UWS_AUTH_BASIC: "true", UWS_AUTH_OPERATORS: "olga" } });
  await addUser(it.store, "alice", await hashPassword("wonderland"));
  await addUser(it.store, "olga", await hashPassword("overseer"));
});
afterAll(() => it.close());

const tokensUrl = () => `${it.api.url}/tokens`;

async function ask(method: string, url: string, who: Headers, body?: Body) {
  const json = body === undefined ? {} : { body: JSON.stringify(body) };
  const headers = { ...who, accept: "application/json", "content-type": "application/json" };
  return await it.request(url, { method, headers, ...json });
}

/** Makes one, and gives what its bearer sends. */
async function bearer(body: Body, who: Headers = alice): Promise<Headers> {
  const answer = await ask("POST", tokensUrl(), who, body);
  expect(answer.status).toBe(201);
  const { token } = (await answer.json()) as { token: string };
  return { authorization: `Bearer ${token}` };
}

const create = (who: Headers, list = it.cones) => it.post(list, new URLSearchParams({ RADIUS: "1" }), who);

test("a user makes a token, whose bearer is that user, and takes it back", async () => {
  const made = await ask("POST", tokensUrl(), alice, { name: "laptop" });
  expect([made.status, made.headers.get("cache-control")]).toEqual([201, "no-store"]);
  const { token, ...shown } = (await made.json()) as Body;
  expect(token).toMatch(/^uwsu_/);
  const laptop = { name: "laptop", readOnly: false, services: null, creationTime: expect.any(String), expiry: null };
  expect(shown).toEqual({ ...laptop, expired: false });
  const who = { authorization: `Bearer ${token}` };

  const job = (await create(who)).headers.get("location") ?? "";
  expect(await (await it.request(`${job}/owner`, { headers: alice })).text()).toBe("alice");
  const seen = await it.request(job, { headers: who });
  expect([seen.status, seen.headers.get("x-vo-authenticated")]).toEqual([200, "alice"]);
  expect((await it.post(`${job}/phase`, new URLSearchParams({ PHASE: "RUN" }), who)).status).toBe(303);

  expect(await (await ask("GET", tokensUrl(), alice)).json()).toEqual({ tokens: [{ ...laptop, expired: false }] });
  expect((await ask("DELETE", `${tokensUrl()}/laptop`, alice)).status).toBe(204);
  expect((await ask("DELETE", `${tokensUrl()}/laptop`, alice)).status).toBe(404);
  expect((await it.request(job, { headers: who })).status).toBe(401);
  expect(JSON.stringify(it.logged)).not.toContain(token);
});

test("a token for reading changes nothing", async () => {
  const job = (await create(alice)).headers.get("location") ?? "";
  const reader = await bearer({ name: "reader", readOnly: true });
  for (const url of [job, `${job}/parameters`, it.cones]) {
    expect((await it.request(url, { headers: reader })).status).toBe(200);
  }
  const state = async () =>
    await Promise.all(
      ["phase", "destruction"].map(
        async (name) => await (await it.request(`${job}/${name}`, { headers: alice })).text(),
      ),
    );
  const before = await state();
  const refused = [
    await create(reader),
    await it.post(job, new URLSearchParams({ ACTION: "DELETE" }), reader),
    await it.post(`${job}/phase`, new URLSearchParams({ PHASE: "RUN" }), reader),
    await it.post(`${job}/destruction`, new URLSearchParams({ DESTRUCTION: "2100-01-01T00:00:00Z" }), reader),
    await it.request(job, { method: "DELETE", headers: reader }),
    await it.request(`${it.cones.replace(/async$/, "sync")}?RADIUS=1`, { headers: reader }),
    await ask("POST", `${it.cones}/batch/abort`, reader, { PHASE: "PENDING" }),
  ];
  for (const answer of refused) {
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain("The token reader is good for reading only.");
  }
  expect(await state()).toEqual(before);
});

test("a token for some services is refused by the others", async () => {
  const some = await bearer({ name: "some", services: ["cone"] });
  expect((await create(some)).status).toBe(303);
  const elsewhere = await bearer({ name: "elsewhere", services: [other] });
  const answer = await create(elsewhere);
  expect([answer.status, await answer.text()]).toEqual([403, `The token elsewhere is good for ${other} only.`]);
  expect((await it.request(it.cones, { headers: elsewhere })).status).toBe(403);
  // What a service can do, it tells everybody.
  expect((await it.request(it.cones.replace(/async$/, "capabilities"), { headers: elsewhere })).status).toBe(200);
});

test("what is asked for must make sense", async () => {
  for (const [body, message] of [
    [{}, "name"],
    [{ name: "a b" }, "name"],
    [{ name: "x", services: ["nowhere"] }, "there is no service"],
    [{ name: "x", services: [] }, "services"],
    [{ name: "x", lifetime: 0 }, "lifetime"],
    [{ name: "x", lifetime: 1e10 }, "lifetime"],
    [{ name: "x", scope: "all" }, "scope"],
  ] as const) {
    const answer = await ask("POST", tokensUrl(), alice, body);
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining(message)]);
  }
  await bearer({ name: "once" });
  expect((await ask("POST", tokensUrl(), alice, { name: "once" })).status).toBe(409);
});

test("a token makes no tokens, nobody has none, and another site's page makes none in a user's name", async () => {
  const who = await bearer({ name: "ambitious" });
  for (const [method, url] of [
    ["POST", tokensUrl()],
    ["GET", tokensUrl()],
    ["DELETE", `${tokensUrl()}/ambitious`],
  ] as const) {
    expect((await ask(method, url, who, method === "POST" ? { name: "more" } : undefined)).status).toBe(403);
    expect((await ask(method, url, {}, method === "POST" ? { name: "more" } : undefined)).status).toBe(401);
  }
  const crossing = { ...alice, "sec-fetch-site": "cross-site" };
  expect((await ask("POST", tokensUrl(), crossing, { name: "stolen" })).status).toBe(403);
  expect((await ask("DELETE", `${tokensUrl()}/ambitious`, crossing)).status).toBe(403);
  expect((await it.request(it.cones, { headers: who })).status).toBe(200);
});

test("an operator's token decides only if it is good for everything", async () => {
  const decide = async (body: Body) => {
    const who = await bearer(body, operator);
    const [seen, decided] = [
      await ask("GET", `${it.api.url}/descriptions`, who),
      await ask("POST", `${it.api.url}/descriptions/none/approve`, who),
    ];
    return [seen.status, decided.status];
  };
  expect(await decide({ name: "all" })).toEqual([200, 404]);
  expect(await decide({ name: "look", readOnly: true })).toEqual([200, 403]);
  expect(await decide({ name: "one", services: [other] })).toEqual([403, 403]);
});

test("a token that is unknown, of another kind or of a removed user is 401, and says how to log in", async () => {
  const { store } = it;
  await addUser(store, "bob", await hashPassword("the builder"));
  const bobs = await bearer({ name: "b" }, { authorization: `Basic ${btoa("bob:the builder")}` });
  await removeUser(store, "bob");
  for (const authorization of [bobs.authorization, "Bearer uwsu_unknown", "Bearer uwsw_worker", "Bearer", "Token x"]) {
    const answer = await it.request(it.cones, { headers: { authorization: authorization ?? "" } });
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toMatch(
      /^Basic realm="[^"]+", charset="UTF-8", Bearer realm="[^"]+"$/,
    );
  }
});
