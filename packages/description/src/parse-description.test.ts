import { expect, test } from "bun:test";
import { join } from "node:path";
import { UwsError } from "@uws/core";
import fc from "fast-check";
import { parse } from "yaml";
import { canonicalJson, type Json } from "./canonical-json.ts";
import { crossmatch, smallest } from "./fixture.ts";
import { descriptionDefaults } from "./job-description.ts";
import { loadDescription } from "./load-description.ts";
import { parseDescription, readDescription } from "./parse-description.ts";

/** What is said of a description in which a piece of text is replaced. */
function refusal(piece: string, by: string, text = crossmatch): string {
  expect(text).toContain(piece);
  try {
    parseDescription(text.replace(piece, by), "x.yaml");
  } catch (error) {
    expect(error).toBeInstanceOf(UwsError);
    // Lines are another test's.
    return error instanceof Error ? error.message.replaceAll(/x\.yaml:\d+:/g, "x.yaml:") : "";
  }
  return "accepted";
}

test("reads everything that a file says", () => {
  const description = parseDescription(crossmatch, "x.yaml");
  expect(description).toMatchObject({
    name: "crossmatch",
    version: "1.2",
    contact: { name: "Ada", email: "ada@example.org" },
    results: [{ id: "result" }, { id: "csv", description: "" }],
    executionDuration: { default: 600, max: 7200 },
    destruction: { default: 86400, max: 0 },
    retry: { maxAttempts: 2 },
    concurrency: 4,
    estimate: 1.5,
  });
  expect(description.digest).toMatch(/^[0-9a-f]{64}$/);
});

test("fills in what a file leaves out", () => {
  expect(parseDescription(smallest, "x.json")).toMatchObject({
    description: "",
    results: [],
    examples: [],
    contact: undefined,
    concurrency: undefined,
    ...descriptionDefaults,
  });
});

test.each([
  ["{ max: 60 }", { default: 60, max: 60 }],
  ["{ default: 100000 }", { default: 100000, max: 100000 }],
  ["{ default: 0 }", { default: 0, max: 0 }],
  ["{ max: 0 }", { default: 3600, max: 0 }],
])("an execution duration of %s means %p", (written, meant) => {
  const text = crossmatch.replace("{ default: 600, max: 7200 }", written);
  expect(parseDescription(text, "x.yaml").executionDuration).toEqual(meant);
});

test("says in which line of the file a field is wrong", () => {
  const text = crossmatch.replace("maxBytes: 1000", "maxBytes: many");
  const line = text.split("\n").findIndex((each) => each.includes("maxBytes: many")) + 1;
  expect(() => parseDescription(text, "x.yaml")).toThrow(
    `x.yaml:${line}: parameters.properties.positions.x-file.maxBytes: `,
  );
});

test("says so of what is no YAML, or no JSON", () => {
  expect(() => parseDescription(`${crossmatch}- a\n`, "x.yaml")).toThrow(/^x\.yaml:\d\d: /);
  const text = crossmatch.replace("maximum: 3600", "maximum: .inf");
  const line = text.split("\n").findIndex((each) => each.includes(".inf")) + 1;
  expect(() => parseDescription(text, "x.yaml")).toThrow(
    `x.yaml:${line}: parameters.properties.radius.maximum: Infinity is not a JSON number`,
  );
});

test("a group names parameters that there are, each of them once", () => {
  expect(parseDescription(crossmatch, "x.yaml").groups).toMatchObject([
    { name: "sky" },
    { name: "rows", description: "" },
  ]);
  const wrong = (piece: string, by: string) => {
    const text = crossmatch.replace(piece, by);
    const line = text.split("\n").findIndex((each) => each.includes(by)) + 1;
    try {
      parseDescription(text, "x.yaml");
    } catch (error) {
      return (error as Error).message.replace(`x.yaml:${line}: `, "at its line: ");
    }
    return "accepted";
  };
  expect(wrong("[radius, epochs]", "[radius, epoch]")).toStartWith(
    'at its line: groups.0.parameters.1: there is no parameter "epoch"; there are positions, radius',
  );
  expect(wrong("[max-rows]", "[radius]")).toBe(
    'at its line: groups.1.parameters.0: "radius" is in the group "sky" already',
  );
  expect(wrong("name: rows", "name: sky")).toContain('groups.1.name: the group "sky" occurs twice');
  expect(wrong("parameters: [max-rows]", "parameters: []")).toStartWith("at its line: groups.1.parameters: ");
});

test("an xtype that is an array of numbers has no other type", () => {
  expect(refusal("ucd: pos.angDistance", "xtype: interval")).toContain(
    "x.yaml: parameters.properties.radius.type: must be array, or be left out: interval is an array of numbers",
  );
});

test("is frozen to its depth", () => {
  const description = parseDescription(crossmatch, "x.yaml");
  expect(Object.isFrozen(description)).toBe(true);
  expect(Object.isFrozen(description.parameters.properties)).toBe(true);
  expect(Object.isFrozen(description.results[0])).toBe(true);
});

test("the digest is of the content, not of how it is written", () => {
  const { digest, document } = parseDescription(crossmatch, "x.yaml");
  const backwards = (value: Json): Json =>
    value !== null && typeof value === "object" && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value)
            .map(([name, member]): [string, Json] => [name, backwards(member)])
            .reverse(),
        )
      : value;
  expect(readDescription(backwards(document), "database").digest).toBe(digest);
  expect(parseDescription(JSON.stringify(document, null, 4), "x.json").digest).toBe(digest);
  expect(parseDescription(crossmatch.replace("1.2", "1.3"), "x.yaml").digest).not.toBe(digest);
});

test("canonical JSON is JSON", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) =>
      expect(JSON.parse(canonicalJson(value as Json))).toEqual(JSON.parse(JSON.stringify(value))),
    ),
  );
});

test.each([
  ['version: "1.2"', "version: 1.2", "x.yaml: version: must be string (YAML reads 1.2 as a number: put it in quotes)"],
  ["name: crossmatch", "name: Cross.Match", "x.yaml: name: must match pattern"],
  ["name: crossmatch\n", "", "x.yaml: must have required property 'name'"],
  ["title: Cross-match", "title: Cross-match\ntimeout: 3", 'x.yaml: must not have the member "timeout"'],
  ["max: 7200", "max: 60", "x.yaml: executionDuration.default: 600 is more than executionDuration.max, 60"],
  ["default: 600", "default: -1", "x.yaml: executionDuration.default: must be >= 0"],
  ["type: number\n", "type: numbr\n", "x.yaml: parameters:"],
  ["exclusiveMinimum", "exclusivMinimum", 'unknown keyword: "exclusivMinimum"'],
  ["#/$defs/column", "https://example.org/schema", "can't resolve reference"],
  ["maxBytes: 1000", "maxBytes: many", "x.yaml: parameters.properties.positions.x-file.maxBytes: must be integer"],
  ["    band:", "    Phase: {}\n    band:", "x.yaml: parameters.properties.Phase: is a control parameter of UWS"],
  ["    band:", "    RADIUS: {}\n    band:", 'x.yaml: parameters.properties: "radius" occurs twice'],
  ["default: V", "default: I", 'x.yaml: parameters.properties.band.default: band="I" must be one of "V", "R"'],
  ["radius: 2.5", "radius: -1", 'x.yaml: examples.0.parameters: radius="-1" must be > 0'],
  ["id: csv", "id: result", 'x.yaml: results: the id "result" occurs twice'],
  ["id: csv", "id: a/b", "x.yaml: results.1.id: must match pattern"],
  ["concurrency: 4", "concurrency: .inf", "concurrency: Infinity is not a JSON number"],
  ["concurrency: 4", "concurrency: 4\nconcurrency: 5", "x.yaml: Map keys must be unique"],
  ["contact: {", "contact: [", "x.yaml: "],
  ["ada@example.org", "nobody", "x.yaml: contact.email: must match format"],
  ["    all:", "    a b: {}\n    all:", "x.yaml: parameters.properties.a b: must match pattern"],
])("%p as %p is refused by file and field", (piece, by, expected) => {
  expect(refusal(piece, by)).toContain(expected);
});

test("tells everything that is wrong at once", () => {
  const message = refusal("name: crossmatch", "name: 7\nestimate: soon", crossmatch.replace("estimate: 1.5\n", ""));
  expect(message.split("\n").map((line) => line.split(":")[1]?.trim())).toEqual(["name", "estimate"]);
});

test.each(["", "7", "[]", "null", "- a", "a: &a [*a]", "%"])("the text %p is no description", (text) => {
  expect(() => parseDescription(text, "x.yaml")).toThrow(UwsError);
});

test("names the file that is not there", async () => {
  const path = join(import.meta.dir, "absent.yaml");
  await expect(loadDescription(path)).rejects.toThrow(`${path}: cannot be read`);
});

test("members that begin with x- are for others", () => {
  const description = readDescription({ ...parse(crossmatch), "x-opus": { a: 1 } }, "x.yaml");
  expect(description.document["x-opus"]).toEqual({ a: 1 });
});
