import { afterAll, beforeAll, expect, test } from "bun:test";
import { hashToken, isUserToken, newUserToken, newWorkerToken } from "./bearer-token.ts";
import { addUser } from "./commands/add-user.ts";
import { addUserToken } from "./commands/add-user-token.ts";
import { removeUser } from "./commands/remove-user.ts";
import { removeUserToken } from "./commands/remove-user-token.ts";
import { findUserToken } from "./queries/find-user-token.ts";
import { listUserTokens } from "./queries/list-user-tokens.ts";
import { type StoreFixture, storeFixture } from "./testing.ts";

let fixture: StoreFixture;
beforeAll(async () => {
  fixture = await storeFixture();
  for (const name of ["alice", "bob", "carol"]) await addUser(fixture.store, name, "$argon2id$…");
});
afterAll(() => fixture.close());

const limit = 3;
const add = (owner: string, name: string, hash: string, more: { services?: string[]; lifetime?: number } = {}) =>
  addUserToken(
    fixture.store,
    { owner, name, hash, readOnly: false, services: more.services, lifetime: more.lifetime },
    limit,
  );

test("a user's token is another kind than a worker's", () => {
  expect(newUserToken()).toMatch(/^uwsu_[A-Za-z0-9_-]{43}$/);
  expect([newUserToken(), newWorkerToken(), ""].map(isUserToken)).toEqual([true, false, false]);
  expect(hashToken(newUserToken())).not.toBe(hashToken(newUserToken()));
});

test("a token is found by its hash until it is taken back", async () => {
  expect(await add("alice", "laptop", "a1", { services: ["crossmatch"] })).toBe("added");
  // Names are each user's own.
  expect(await add("bob", "laptop", "b1")).toBe("added");
  expect(await findUserToken(fixture.store, "a1")).toEqual({
    ...{ owner: "alice", name: "laptop", readOnly: false, services: ["crossmatch"] },
  });
  expect(await findUserToken(fixture.store, "unknown")).toBeUndefined();
  expect((await listUserTokens(fixture.store, "alice")).map(({ name }) => name)).toEqual(["laptop"]);
  expect(await removeUserToken(fixture.store, "alice", "laptop")).toBe(true);
  expect(await removeUserToken(fixture.store, "alice", "laptop")).toBe(false);
  expect(await findUserToken(fixture.store, "a1")).toBeUndefined();
  expect(await findUserToken(fixture.store, "b1")).toMatchObject({ owner: "bob", services: null });
});

test("a token that has expired is not found, and still listed", async () => {
  await add("alice", "brief", "a2", { lifetime: 60 });
  const later = fixture.later("61 seconds");
  expect(await findUserToken(fixture.store, "a2")).toBeDefined();
  expect(await findUserToken(later, "a2")).toBeUndefined();
  expect(await listUserTokens(later, "alice")).toMatchObject([{ name: "brief", expired: true }]);
});

test("a name is given once, a user has so many, and somebody unknown none", async () => {
  expect(await add("carol", "1", "c1")).toBe("added");
  expect(await add("carol", "1", "c2")).toBe("taken");
  await add("carol", "2", "c3");
  await add("carol", "3", "c4");
  expect(await add("carol", "4", "c5")).toBe("full");
  expect(await add("nobody", "1", "n1")).toBe("unknown");
  expect((await listUserTokens(fixture.store, "carol")).length).toBe(limit);
});

test("tokens go with their user", async () => {
  expect(await findUserToken(fixture.store, "b1")).toBeDefined();
  await removeUser(fixture.store, "bob");
  expect(await findUserToken(fixture.store, "b1")).toBeUndefined();
});
