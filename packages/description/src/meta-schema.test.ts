import { expect, test } from "bun:test";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { parse } from "yaml";
import { crossmatch, smallest } from "./fixture.ts";
import { parseDescription } from "./parse-description.ts";

/* The schema as it is published: the file, by another program's eyes. */

const root = join(import.meta.dirname, "../../..");
const published = await Bun.file(join(root, "packages/description/job-description.schema.json")).json();
const ajv = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false, strictTuples: false });
addFormats.default(ajv);
const validate = ajv.compile(published);

const everything = `${crossmatch}
ownerConcurrency: 2
priority: { default: 1, max: 5 }
$schema: https://example.org/schemas/job-description
x-site: { anything: true }
`;

test.each(["crossmatch", "simulate"])("accepts the description of the example %s", async (name) => {
  const file = Bun.file(join(root, "apps/workers", name, "description.yaml"));
  expect(validate(parse(await file.text()))).toBe(true);
});

test("accepts what we accept and refuses what we refuse, as far as a schema can", () => {
  for (const text of [crossmatch, smallest, everything]) {
    parseDescription(text, "x.yaml");
    expect(validate(parse(text))).toBe(true);
  }
  for (const [piece, by] of [
    ["name: crossmatch", "name: Cross"],
    ['version: "1.2"', "version: 1.2"],
    ["maxBytes: 1000", "maxBytes: 0"],
    ["max: 7200", "max: -1"],
    ["estimate: 1.5", "estimat: 1.5"],
    ["id: csv", "id: a/b"],
  ] as const) {
    const text = crossmatch.replace(piece, by);
    expect([by, validate(parse(text))]).toEqual([by, false]);
    expect(() => parseDescription(text, "x.yaml")).toThrow();
  }
});

test("has every field that a description has, and no other but the worker's command", () => {
  const { digest: _digest, document: _document, ...fields } = parseDescription(everything, "x.yaml");
  const known = Object.keys(published.properties).filter((name) => !["$schema", "command"].includes(name));
  expect(known.sort()).toEqual(Object.keys(fields).sort());
  // Each of them is taken over, none passed over.
  for (const [name, value] of Object.entries(fields)) expect([name, value]).not.toEqual([name, undefined]);
});
