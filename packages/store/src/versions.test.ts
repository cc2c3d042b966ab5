import { afterAll, beforeAll, expect, test } from "bun:test";
import { saveDescription } from "./commands/save-description.ts";
import { type StoreFixture, storeFixture } from "./testing.ts";

let it: StoreFixture;
beforeAll(async () => {
  it = await storeFixture();
});
afterAll(() => it.close());

const save = (version: string, digest: string, meaning: string) =>
  saveDescription(it.store, { digest, type: "t", version, meaning, document: { digest } });

test("the first description of a version settles what it means", async () => {
  expect(await save("1", "a", "one")).toBe(true);
  expect(await save("1", "b", "one")).toBe(true);
  expect(await save("1", "c", "another")).toBe(false);
  expect(await save("2", "c", "another")).toBe(true);
  const rows = await it.store.sql`select digest, version from descriptions where type = 't' order by digest`;
  expect(rows.map(({ digest, version }) => `${digest} ${version}`)).toEqual(["a 1", "b 1", "c 2"]);
});

test("of many that come at the same moment with different meanings, one is kept", async () => {
  const kept = await Promise.all(Array.from({ length: 12 }, (_, index) => save("3", `d${index}`, `m${index}`)));
  expect(kept.filter(Boolean)).toHaveLength(1);
  const [row] = await it.store.sql<{ count: number }[]>`
    select count(*)::int as count from descriptions where type = 't' and version = '3'`;
  expect(row?.count).toBe(1);
});
