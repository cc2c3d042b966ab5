import { afterAll, beforeAll, expect, test } from "bun:test";
import { hashToken, newWorkerToken } from "./bearer-token.ts";
import { addWorkerToken } from "./commands/add-worker-token.ts";
import { removeWorkerToken } from "./commands/remove-worker-token.ts";
import { findWorkerTokens } from "./queries/find-worker-tokens.ts";
import { listWorkerTokens } from "./queries/list-worker-tokens.ts";
import { typesOfJobs } from "./queries/types-of-jobs.ts";
import { type StoreFixture, storeFixture } from "./testing.ts";

let fixture: StoreFixture;
beforeAll(async () => {
  fixture = await storeFixture();
});
afterAll(() => fixture.close());

const limit = 100;
const add = (name: string, hash: string, types?: string[], lifetime?: number) =>
  addWorkerToken(fixture.store, { name, hash, types, lifetime }, limit);

test("tokens are random, begin with their kind, and are known by their hash", () => {
  const tokens = Array.from({ length: 100 }, newWorkerToken);
  expect(new Set(tokens).size).toBe(100);
  for (const token of tokens) expect(token).toMatch(/^uwsw_[A-Za-z0-9_-]{43}$/);
  expect(hashToken("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

test("a token is found by its hash until it is removed", async () => {
  expect(await add("found", "f1", ["simulate", "crossmatch"])).toBe("added");
  expect(await add("all", "f2")).toBe("added");
  const found = await findWorkerTokens(fixture.store, ["f1", "f2", "unknown"]);
  expect(found.toSorted((a, b) => a.hash.localeCompare(b.hash))).toEqual([
    { hash: "f1", name: "found", types: ["simulate", "crossmatch"] },
    { hash: "f2", name: "all", types: null },
  ]);
  expect(await removeWorkerToken(fixture.store, "found")).toBe(true);
  expect(await removeWorkerToken(fixture.store, "found")).toBe(false);
  expect(await findWorkerTokens(fixture.store, ["f1"])).toEqual([]);
});

test("a token that has expired is not found, and still listed", async () => {
  await add("brief", "e1", undefined, 60);
  const later = fixture.later("61 seconds");
  expect(await findWorkerTokens(fixture.store, ["e1"])).toHaveLength(1);
  expect(await findWorkerTokens(later, ["e1"])).toEqual([]);
  const listed = async (store = fixture.store) => (await listWorkerTokens(store)).find(({ name }) => name === "brief");
  expect(await listed()).toMatchObject({ types: null, expired: false, expiry: expect.any(Date) });
  expect(await listed(later)).toMatchObject({ expired: true });
});

test("a name is given once, and there is a limit", async () => {
  expect(await add("twice", "t1")).toBe("added");
  expect(await add("twice", "t2")).toBe("taken");
  expect(await findWorkerTokens(fixture.store, ["t2"])).toEqual([]);
  const count = (await listWorkerTokens(fixture.store)).length;
  expect(await addWorkerToken(fixture.store, { name: "one-more", hash: "o", types: [], lifetime: 1 }, count)).toBe(
    "full",
  );
});

test("the types of jobs are told by their ids", async () => {
  const job = await fixture.create();
  const gone = crypto.randomUUID();
  expect(await typesOfJobs(fixture.store, [job, gone])).toEqual(new Map([[job, "simulate"]]));
});
