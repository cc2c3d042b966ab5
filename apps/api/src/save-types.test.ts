import { afterAll, beforeAll, expect, test } from "bun:test";
import { ConfigError } from "@uws/config";
import { parseDescription, parseDescriptionFile } from "@uws/description";
import { findVersion, saveDescription } from "@uws/store";
import { saveTypes } from "./save-types.ts";
import type { Service } from "./service.ts";
import { type ApiFixture, apiFixture } from "./testing.ts";

let it: ApiFixture;
beforeAll(async () => {
  it = await apiFixture();
});
afterAll(() => it.close());

const text = (version: string, maximum: number, title = "Search") => `
# a comment
name: search
version: "${version}"
title: ${title}
parameters: { type: object, properties: { RADIUS: { type: number, maximum: ${maximum} } } }
`;

const services = (...texts: readonly string[]) => {
  const located = texts.map((each) => parseDescriptionFile(each, "search.yaml"));
  const places = new Map(located.map(({ description, placeOf }) => [description, placeOf]));
  return [{ types: [...places.keys()], places }] as unknown as Service[];
};
const save = (...texts: readonly string[]) => saveTypes(services(...texts), it.store);
const refusal = "version 1 means something else already";

// shows: versions
test("a version that means something else than before is refused, and says what has changed", async () => {
  await save(text("1", 5));
  await save(text("1", 5));
  const refused = save(text("1", 6));
  await expect(refused).rejects.toBeInstanceOf(ConfigError);
  await expect(refused).rejects.toThrow(
    `search.yaml:4: version: job type search: ${refusal} (changed: parameters.properties.RADIUS.maximum); change the version`,
  );
  expect(await findVersion(it.store, "search", "1")).toMatchObject({
    parameters: { properties: { RADIUS: { maximum: 5 } } },
  });
  await save(text("2", 6));
  await save(text("1", 5));
});

test("comments, the order of members and texts for people may change", async () => {
  await save(text("3", 5));
  await save(text("3", 5).replace("# a comment", "# another"));
  await save(text("3", 5, "Cone search"));
  await save(text("3", 5).replace("type: number, maximum: 5", "maximum: 5, type: number"));
  expect(await findVersion(it.store, "search", "3")).toMatchObject({ title: "Cone search" });
});

test("of two processes that start at the same moment with two meanings, one is refused", async () => {
  const outcomes = await Promise.allSettled([save(text("4", 5)), save(text("4", 6))]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
});

test("what was stored before versions had one meaning counts", async () => {
  const { digest, document } = parseDescription(text("5", 5), "x");
  await saveDescription(it.store, { digest, type: "search", version: "5", document });
  await it.store.sql`delete from description_versions where version = '5'`;
  await expect(save(text("5", 6))).rejects.toThrow("version 5 means something else already");
  await save(text("5", 5));
});

test("two services with different files for one type and version are refused at start", async () => {
  await expect(save(text("6", 5), text("6", 6))).rejects.toThrow("version 6 means something else already");
});
