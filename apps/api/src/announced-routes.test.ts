import { afterAll, beforeAll, expect, test } from "bun:test";
import { hashPassword } from "@uws/auth";
import { decideAnnounced, getAnnounced, listAnnounced } from "@uws/client";
import { meaningDigest, parseDescription } from "@uws/description";
import { addUser, announceDescription, decideDescription } from "@uws/store";
import { until } from "@uws/testing";
import { type ApiFixture, apiFixture } from "./testing.ts";

type Headers = Record<string, string>;
const basic = (name: string): Headers => ({
  authorization: `Basic ${Buffer.from(`${name}:${name} knows`).toString("base64")}`,
});
const olga = basic("olga");

let it: ApiFixture;
let server: string;
beforeAll(async () => {
  it = await apiFixture({
    environment: { UWS_AUTH_BASIC: "true", UWS_AUTH_OPERATORS: "olga", UWS_SWEEP_MS: "50" },
    services: ([cone, ...rest]) =>
      cone === undefined
        ? []
        : [
            cone,
            ...rest,
            { ...cone, path: "survey", descriptions: [], types: ["cutout", "later"] },
            { ...cone, path: "both", types: ["cutout", "cone"] },
          ],
  });
  server = it.api.url;
  for (const name of ["olga", "bob"]) await addUser(it.store, name, await hashPassword(`${name} knows`));
});
afterAll(() => it.close());

/** A worker's announcement, as the gateway keeps it. */
async function announce(name: string, version: string, accept: boolean, parameter = "WIDTH"): Promise<string> {
  const { digest, document } = parseDescription(
    `name: ${name}\nversion: "${version}"\ntitle: Cut out ${version}\nconcurrency: 7\n` +
      `parameters: { type: object, additionalProperties: false, properties: { ${parameter}: { type: integer } } }\n`,
    "x",
  );
  const kept = { digest, type: name, version, meaning: meaningDigest(document), document, worker: "w", token: "t" };
  await announceDescription(it.store, kept, accept, 1000);
  return digest;
}

const get = (path: string, headers: Headers = {}) =>
  it.request(server + path, { headers: { accept: "application/json", ...headers } });
const decide = (digest: string, decision: string, headers: Headers = olga) =>
  it.post(`${server}/descriptions/${digest}/${decision}`, undefined, headers);
const read = async (answer: Promise<Response>) => (await (await answer).json()) as Record<string, unknown>;
const version = async () => (await read(get("/survey/description"))).version;

// shows: announced
test("one that waits is not served; approved by an operator, it is from the answer on, and rejected no longer", async () => {
  const one = await announce("cutout", "1", false);
  expect((await get("/survey/async")).status).toBe(404);
  expect(await read(get("/descriptions", olga))).toMatchObject({
    descriptions: [{ digest: one, type: "cutout", version: "1", state: "held", worker: "w", token: "t" }],
  });
  expect(await read(get(`/descriptions/${one}`, olga))).toMatchObject({ name: "cutout", version: "1" });

  const answer = await decide(one, "approve");
  expect([answer.status, await answer.json()]).toEqual([
    200,
    expect.objectContaining({ state: "accepted", decidedBy: "olga", digest: one }),
  ]);
  expect(await version()).toBe("1");
  const job = await it.create(`${server}/survey/async`, { WIDTH: "3" });
  expect(await read(get(job.slice(server.length)))).toMatchObject({ type: "cutout", typeVersion: "1" });
  expect((await it.post(`${server}/survey/async`, new URLSearchParams({ HEIGHT: "3" }))).status).toBe(400);
  expect(Object.keys((await read(get("/swagger/json"))).paths as object)).toContain("/survey/async");
  const [limits] = await it.store.sql`select concurrency from job_types where type = 'cutout'`;
  expect(limits).toEqual({ concurrency: 7 });
  // Beside a type that a file describes, which comes first.
  expect(await read(get("/both/description"))).toMatchObject({ descriptions: [{ name: "cone" }, { name: "cutout" }] });

  // A second version, accepted elsewhere: by the command line, or by a gateway.
  const two = await announce("cutout", "2", true, "HEIGHT");
  await until(async () => (await version()) === "2", "version 2");
  expect((await it.post(`${job}/parameters`, new URLSearchParams({ WIDTH: "4" }))).status).toBe(303);
  expect((await decide(one, "approve")).status).toBe(200);
  expect(await version()).toBe("1");
  await decideDescription(it.store, one, "rejected", "shell");
  await until(async () => (await version()) === "2", "version 2 again");
  expect((await decide(two, "reject")).status).toBe(200);
  expect((await get("/survey/description")).status).toBe(404);
  expect(await read(get("/both/description"))).toMatchObject({ name: "cone" });
});

test("what contradicts the service that names it is left out: a file's type comes first, and so does the type parameter", async () => {
  const [cone, wrong] = [await announce("cone", "9", false), await announce("later", "9", false, "jobtype")];
  for (const digest of [cone, wrong]) expect((await decide(digest, "approve")).status).toBe(200);
  expect(await read(get("/both/description"))).toMatchObject({ name: "cone", version: "1.0.0" });
  expect((await get("/survey/description")).status).toBe(404);
  for (const digest of [cone, wrong]) expect((await decide(digest, "reject")).status).toBe(200);
});

test("one whose version means something else already cannot be approved", async () => {
  const [one, other] = [await announce("later", "1", false), await announce("later", "1", false, "OTHER")];
  expect((await decide(one, "approve")).status).toBe(200);
  const refused = await decide(other, "approve");
  expect([refused.status, await refused.text()]).toEqual([409, expect.stringContaining("change the version")]);
});

// shows: operators
test("only operators see and decide", async () => {
  const digest = await announce("cutout", "9", false);
  const paths = ["/descriptions", `/descriptions/${digest}`];
  for (const path of paths) {
    expect([(await get(path)).status, (await get(path, basic("bob"))).status]).toEqual([401, 403]);
  }
  for (const decision of ["approve", "reject"]) {
    expect((await decide(digest, decision, {})).status).toBe(401);
    expect((await decide(digest, decision, basic("bob"))).status).toBe(403);
    const foreign = { ...olga, "sec-fetch-site": "cross-site" };
    expect((await decide(digest, decision, foreign)).status).toBe(403);
  }
  const { descriptions } = await read(get("/descriptions", olga));
  expect(descriptions).toEqual(expect.arrayContaining([expect.objectContaining({ digest, state: "held" })]));
  expect([(await decide("0", "approve")).status, (await get("/descriptions/0", olga)).status]).toEqual([404, 404]);
});

test("a server without operators decides nothing by HTTP", async () => {
  const other = await apiFixture();
  const answer = await other.request(`${other.api.url}/descriptions`);
  expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining("auth.operators")]);
  await other.close();
});

test("the TypeScript client lists, shows, accepts and rejects them, for operators", async () => {
  const digest = await announce("cutout", "7", false);
  const options = { headers: olga };
  const listed = await listAnnounced(server, options);
  expect(listed.find((each) => each.digest === digest)).toEqual({
    digest,
    type: "cutout",
    version: "7",
    state: "held",
    worker: "w",
    token: "t",
    creationTime: expect.any(Date) as unknown as Date,
    decisionTime: undefined,
    decidedBy: undefined,
  });
  expect(await getAnnounced(server, digest, options)).toMatchObject({ name: "cutout", version: "7" });
  const accepted = await decideAnnounced(server, digest, "approve", options);
  expect(accepted).toMatchObject({ state: "accepted", decidedBy: "olga", decisionTime: expect.any(Date) });
  expect((await decideAnnounced(server, digest, "reject", options)).state).toBe("rejected");
  await expect(listAnnounced(server, { headers: basic("bob") })).rejects.toMatchObject({
    name: "UwsClientError",
    status: 403,
    code: "forbidden",
  });
});
