import { afterAll, beforeAll, expect, test } from "bun:test";
import { meaningDigest, parseDescription } from "@uws/description";
import { migrate, openStore, type Store, saveDescription, typeRules } from "@uws/store";
import { testDatabase } from "@uws/testing";
import { setPaused } from "./pause.ts";

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

const configured = async () => ["cone"];
const paused = async () => (await typeRules(store)).map(({ type }) => type);

test("a type that is known nowhere is neither paused nor resumed, unless the operator insists", async () => {
  const refusal = "There is no job type nonsense; there are: cone. With --force it is paused ahead of its first job.";
  await expect(setPaused(store, "nonsense", true, { configured, force: false })).rejects.toThrow(refusal);
  await expect(setPaused(store, "nonsense", false, { configured, force: false })).rejects.toThrow(
    "There is no job type nonsense; there are: cone.",
  );
  expect(await paused()).toEqual([]);
  expect(await setPaused(store, "nonsense", true, { configured, force: true })).toBe(
    "Job type nonsense is now paused.",
  );
  expect(await paused()).toEqual(["nonsense"]);
  // It is known now.
  expect(await setPaused(store, "nonsense", false, { configured, force: false })).toBe(
    "Job type nonsense is now not paused.",
  );
});

test("one that is configured, or was served, is", async () => {
  expect(await setPaused(store, "cone", true, { configured, force: false })).toBe("Job type cone is now paused.");
  expect(await setPaused(store, "cone", true, { configured, force: false })).toBe("Job type cone is already paused.");
  const text = 'name: old\nversion: "1"\ntitle: T\nparameters: { type: object, properties: {} }\n';
  const { digest, document } = parseDescription(text, "x");
  await saveDescription(store, { digest, type: "old", version: "1", meaning: meaningDigest(document), document });
  expect(await setPaused(store, "old", true, { configured, force: false })).toBe("Job type old is now paused.");
  expect(await paused()).toEqual(["cone", "old"]);
});
