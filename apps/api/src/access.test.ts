import { afterAll, beforeAll, expect, test } from "bun:test";
import { hashPassword } from "@uws/auth";
import { addUser } from "@uws/store";
import { type ApiFixture, apiFixture } from "./testing.ts";

const basic = (name: string) => ({ authorization: `Basic ${Buffer.from(`${name}:secret secret`).toString("base64")}` });
const alice = basic("alice");
const bob = basic("bob");

let it: ApiFixture;
beforeAll(async () => {
  it = await apiFixture({
    environment: { UWS_AUTH_BASIC: "true" },
    services: (configured) => {
      const [cone] = configured;
      if (cone === undefined) return [];
      const named = { ...cone, path: "named", access: { users: ["alice"] } };
      const logged = { ...cone, path: "logged", access: { anonymous: false } };
      const mixed = { ...cone, path: "mixed", access: { anonymous: true, users: ["alice"] } };
      return [...configured, named, logged, mixed];
    },
  });
  for (const name of ["alice", "bob"]) await addUser(it.store, name, await hashPassword("secret secret"));
});
afterAll(() => it.close());

const list = (path: string) => `${it.api.url}/${path}/async`;

async function statuses(path: string): Promise<number[]> {
  const answers = [];
  for (const headers of [{}, alice, bob]) answers.push((await it.post(list(path), undefined, headers)).status);
  return answers;
}

test("who may use a service is as its configuration says: without credentials, alice, bob", async () => {
  expect(await statuses("cone")).toEqual([303, 303, 303]);
  expect(await statuses("named")).toEqual([401, 303, 403]);
  expect(await statuses("logged")).toEqual([401, 303, 303]);
  expect(await statuses("mixed")).toEqual([303, 303, 403]);
});

test("who may not is told why, and how to log in", async () => {
  const anonymous = await it.request(list("named"));
  expect(anonymous.headers.get("www-authenticate")).toStartWith("Basic ");
  expect(await anonymous.text()).toBe("The service named is for users who have logged in: credentials are needed.");
  const other = await it.request(list("named"), { headers: bob });
  expect(await other.text()).toBe("You are logged in as bob, who may not use the service named.");
});

test("the rest of the service is closed as well, for reading and for jobs that are there", async () => {
  const made = await it.post(list("mixed"));
  const job = made.headers.get("location") ?? "";
  for (const url of [job, `${job}/phase`, `${job}/results`, `${job}/events`, `${it.api.url}/mixed/sync?RADIUS=1`]) {
    expect([url, (await it.request(url, { headers: bob })).status]).toEqual([url, 403]);
  }
  expect((await it.request(`${job}/phase`)).status).toBe(200);
});

test("everybody may read what the service is, and that it needs credentials", async () => {
  for (const name of ["availability", "description", "capabilities"]) {
    expect((await it.request(`${it.api.url}/named/${name}`)).status).toBe(200);
  }
  const capabilities = await (await it.request(`${it.api.url}/named/capabilities`)).text();
  expect(capabilities).toContain('<securityMethod standardID="ivo://ivoa.net/sso#BasicAA"');
  expect(capabilities).not.toContain("<securityMethod/>");
  const document = (await (await it.request(`${it.api.url}/swagger/json`)).json()) as {
    paths: Record<string, { post: { security?: object[] } }>;
  };
  expect(document.paths["/named/async"]?.post.security).toEqual([{ basic: [] }, { user: [] }]);
  expect(document.paths["/cone/async"]?.post.security).toBeUndefined();
});
