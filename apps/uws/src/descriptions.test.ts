import { afterAll, beforeAll, expect, test } from "bun:test";
import { meaningDigest, parseDescription } from "@uws/description";
import { acceptedDescriptions, announceDescription, migrate, openStore, type Store } from "@uws/store";
import { testDatabase } from "@uws/testing";
import { decide, listDescriptions, showDescription } from "./descriptions.ts";

let database: Awaited<ReturnType<typeof testDatabase>>;
let store: Store;
beforeAll(async () => {
  database = await testDatabase();
  await migrate(database.url);
  store = openStore({ url: database.url, connections: 1 });
});
afterAll(async () => {
  await store.close();
  await database.drop();
});

async function announce(type: string, parameter: string): Promise<string> {
  const text = `name: ${type}\nversion: 1.0.0\ntitle: T\nparameters: { type: object, properties: { ${parameter}: {} } }\n`;
  const { digest, document } = parseDescription(text, "x");
  const kept = { digest, type, version: "1.0.0", meaning: meaningDigest(document), document, worker: "w1" };
  await announceDescription(store, { ...kept, token: "lab" }, false, 1000);
  return digest;
}

test("an operator sees what waits, looks at it, and decides by the beginning of its digest", async () => {
  expect(await listDescriptions(store)).toBe("Nothing was announced.");
  const one = await announce("cutout", "A");
  expect(await listDescriptions(store)).toMatch(
    new RegExp(`^DIGEST +TYPE .*\n${one.slice(0, 12)} +cutout +1\\.0\\.0 +held +.*w1 \\(token lab\\) +-$`),
  );
  expect(parseDescription(await showDescription(store, one.slice(0, 12)), "shown").digest).toBe(one);
  expect(await decide(store, one.slice(0, 12), "accepted", "root")).toBe("Version 1.0.0 of cutout is accepted.");
  expect(await acceptedDescriptions(store, ["cutout"])).toMatchObject([{ digest: one }]);
  expect(await listDescriptions(store)).toMatch(/accepted.*root$/);
  expect(await decide(store, one, "rejected", "root")).toBe("Version 1.0.0 of cutout is rejected.");
  expect(await acceptedDescriptions(store, ["cutout"])).toEqual([]);
});

test("what cannot be decided is told", async () => {
  const [first, other] = [await announce("mosaic", "A"), await announce("mosaic", "B")];
  await decide(store, first, "accepted", "root");
  await expect(decide(store, other, "accepted", "root")).rejects.toThrow("means something else already");
  await expect(decide(store, "zz", "accepted", "root")).rejects.toThrow("Nobody announced");
  await expect(decide(store, "", "accepted", "root")).rejects.toThrow("Nobody announced");
  const digests = await Promise.all(Array.from({ length: 17 }, (_, index) => announce("many", `P${index}`)));
  const firsts = digests.map((digest) => digest.slice(0, 1)).sort();
  const twice = firsts.find((character, index) => firsts[index + 1] === character) ?? "";
  await expect(decide(store, twice, "rejected", "root")).rejects.toThrow("give more of it");
});
