import { afterAll, beforeAll, expect, test } from "bun:test";
import { hashPassword } from "@uws/auth";
import { addUser } from "@uws/store";
import { type ApiFixture, apiFixture } from "../testing.ts";

type Headers = Record<string, string>;

const login = (name: string): Headers => ({ authorization: `Basic ${btoa(`${name}:password of ${name}`)}` });
const [alice, bob, carol] = ["alice", "bob", "carol"].map(login) as [Headers, Headers, Headers];

let it: ApiFixture;
beforeAll(async () => {
  it = await apiFixture({ environment: { UWS_AUTH_BASIC: "true" } });
  for (const name of ["alice", "bob", "carol"]) {
    await addUser(it.store, name, await hashPassword(`password of ${name}`));
  }
});
afterAll(() => it.close());

async function newJob(who: Headers = alice): Promise<string> {
  const answer = await it.post(it.cones, new URLSearchParams({ RADIUS: "1" }), who);
  return answer.headers.get("location") ?? "";
}

const as = (who: Headers, url: string, method = "GET", body?: string) =>
  it.request(url, {
    method,
    headers: { ...who, accept: "application/json", "content-type": "application/json" },
    ...(body === undefined ? {} : { body }),
  });
const give = (job: string, user: string, access: string, who: Headers = alice) =>
  as(who, `${job}/grants/${user}`, "PUT", JSON.stringify({ access }));
const move = (who: Headers, job: string, phase: string) =>
  it.post(`${job}/phase`, new URLSearchParams({ PHASE: phase }), who);
const phaseOf = async (job: string) => await (await it.request(`${job}/phase`, { headers: alice })).text();

async function listed(who: Headers, query = ""): Promise<string[]> {
  const urls: string[] = [];
  for (let next: string | null | undefined = `${it.cones}?limit=2${query}`; next; ) {
    const page = (await (await as(who, next)).json()) as { jobs: { href: string }[]; next?: string | null };
    urls.push(...page.jobs.map(({ href }) => href));
    next = page.next;
  }
  return urls;
}

test("who was granted to look at a job looks at all of it, and changes nothing", async () => {
  const job = await newJob();
  expect((await as(bob, job)).status).toBe(403);
  const granted = await give(job, "bob", "read");
  expect([granted.status, await granted.json()]).toEqual([200, { grants: [{ user: "bob", access: "read" }] }]);
  for (const path of ["", "/phase", "/owner", "/parameters", "/parameters/RADIUS", "/results", "/quote"]) {
    expect([path, (await as(bob, job + path)).status]).toEqual([path, 200]);
  }
  expect((await as(carol, job)).status).toBe(403);
  expect((await as({}, job)).status).toBe(401);
  for (const answer of [
    await move(bob, job, "RUN"),
    await it.post(job, new URLSearchParams({ RADIUS: "2" }), bob),
    await it.post(job, new URLSearchParams({ ACTION: "DELETE" }), bob),
    await as(bob, job, "DELETE"),
    await give(job, "carol", "read", bob),
    await as(bob, `${job}/grants`),
  ]) {
    expect(answer.status).toBe(403);
  }
  expect(await phaseOf(job)).toBe("PENDING");
  expect(await (await as(alice, `${job}/grants`)).json()).toEqual({ grants: [{ user: "bob", access: "read" }] });
});

test("who was granted to change a job changes it, but destroys, archives and grants it not", async () => {
  const job = await newJob();
  await give(job, "bob", "write");
  expect((await it.post(job, new URLSearchParams({ RADIUS: "2" }), bob)).status).toBe(303);
  expect((await move(bob, job, "RUN")).status).toBe(303);
  expect((await move(bob, job, "ABORT")).status).toBe(303);
  expect(await phaseOf(job)).toBe("ABORTED");
  for (const answer of [
    await move(bob, job, "ARCHIVE"),
    await it.post(job, new URLSearchParams({ ACTION: "DELETE" }), bob),
    await as(bob, job, "DELETE"),
    await give(job, "carol", "read", bob),
    await as(bob, `${job}/grants/carol`, "DELETE"),
  ]) {
    expect(answer.status).toBe(403);
  }
  const many = await as(bob, `${it.cones}/batch/delete`, "POST", JSON.stringify({ ID: [job.split("/").at(-1)] }));
  expect(await many.json()).toMatchObject({ jobs: [], refused: [{ code: "forbidden" }] });
  expect(await phaseOf(job)).toBe("ABORTED");
  expect((await move(alice, job, "ARCHIVE")).status).toBe(303);
});

test("a grant is changed, taken back by the owner, and given back by whom it was granted to", async () => {
  const job = await newJob();
  await give(job, "bob", "write");
  await give(job, "bob", "read");
  expect((await move(bob, job, "RUN")).status).toBe(403);
  await give(job, "carol", "read");
  expect((await as(alice, `${job}/grants/bob`, "DELETE")).status).toBe(204);
  expect((await as(bob, job)).status).toBe(403);
  expect((await as(alice, `${job}/grants/bob`, "DELETE")).status).toBe(404);
  expect((await as(carol, `${job}/grants/carol`, "DELETE")).status).toBe(204);
  expect((await as(carol, job)).status).toBe(403);
  expect(await (await as(alice, `${job}/grants`)).json()).toEqual({ grants: [] });
});

test("a list has what was granted among the caller's own, in the order of their creation; OWNER chooses", async () => {
  const [dora, eve] = [login("dora"), login("eve")];
  for (const name of ["dora", "eve"]) await addUser(it.store, name, await hashPassword(`password of ${name}`));
  const theirs = [await newJob(dora), await newJob(eve), await newJob(dora), await newJob(eve), await newJob(eve)];
  const [first, second, third, fourth, fifth] = theirs as [string, string, string, string, string];
  expect(await listed(dora)).toEqual([third, first]);
  await give(fourth, "dora", "read", eve);
  await give(second, "dora", "write", eve);
  expect(await listed(dora)).toEqual([fourth, third, second, first]);
  expect(await listed(dora, "&OWNER=dora")).toEqual([third, first]);
  expect(await listed(dora, "&OWNER=eve")).toEqual([fourth, second]);
  expect(await listed(dora, "&OWNER=alice")).toEqual([]);
  expect(await listed(dora, "&LAST=3")).toEqual([fourth, third, second]);
  expect(await listed(dora, "&PHASE=PENDING&PHASE=QUEUED")).toEqual([fourth, third, second, first]);
  expect(await listed(dora, "&PHASE=QUEUED")).toEqual([]);
  expect(await listed(eve)).toEqual([fifth, fourth, second]);
  // What is done to all that a filter finds is done to one's own.
  await as(dora, `${it.cones}/batch/delete`, "POST", JSON.stringify({ PHASE: ["PENDING"] }));
  expect(await listed(dora)).toEqual([fourth, second]);
  expect((await as(eve, second, "DELETE")).status).toBe(303);
  expect(await listed(dora)).toEqual([fourth]);
});

test("what is asked for must make sense", async () => {
  const job = await newJob();
  for (const [user, access] of [
    ["alice", "read"],
    ["bob", "all"],
    ["%00", "read"],
    ["x".repeat(256), "read"],
  ] as const) {
    expect([user, (await give(job, user, access)).status]).toEqual([user, 400]);
  }
  expect((await give(`${it.cones}/0189`, "bob", "read")).status).toBe(404);
  const nobodys = await it.create(it.cones, { RADIUS: "1" });
  expect((await give(nobodys, "bob", "read")).status).toBe(403);
  expect(await (await as(alice, `${job}/grants`)).json()).toEqual({ grants: [] });
});

test("a token for reading grants nothing", async () => {
  const job = await newJob();
  const made = await as(alice, `${it.api.url}/tokens`, "POST", JSON.stringify({ name: "look", readOnly: true }));
  const reader = { authorization: `Bearer ${((await made.json()) as { token: string }).token}` };
  expect((await give(job, "bob", "read", reader)).status).toBe(403);
  expect((await as(reader, `${job}/grants`)).status).toBe(200);
});
