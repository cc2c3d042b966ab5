import { expect, test } from "bun:test";
import { parse } from "yaml";
import { descriptionJson } from "./emit-json.ts";
import { inputParameters } from "./emit-parameters.ts";
import { exampleQuery } from "./emit-query.ts";
import { descriptionYaml } from "./emit-yaml.ts";
import { crossmatch, smallest } from "./fixture.ts";
import { parseDescription } from "./parse-description.ts";

const description = parseDescription(crossmatch, "x.yaml");

/** The parameter p of a description in which its schema is this. */
const parameterOf = (schema: string, more = "") =>
  inputParameters(
    parseDescription(
      `{name: p, version: "1", title: P, parameters: {type: object, properties: {p: ${schema}}${more}}}`,
      "p.yaml",
    ),
  )[0];

test("JSON and YAML are the author's data in the author's order, and make the same description", () => {
  for (const text of [descriptionJson(description), descriptionYaml(description)]) {
    expect(parse(text)).toEqual(parse(crossmatch));
    expect(Object.keys(parse(text))).toEqual(Object.keys(parse(crossmatch)));
    expect(parseDescription(text, "again").digest).toBe(description.digest);
  }
});

test("texts that YAML would read as something else stay texts", () => {
  const odd = { name: "odd", version: "1", title: "no", description: "1.0\n- a: *b\n\u0007", parameters: {} };
  const text = JSON.stringify({
    ...odd,
    parameters: { type: "object", properties: { p: { enum: ["yes", "1", ""] } } },
  });
  const { digest } = parseDescription(text, "odd");
  expect(parseDescription(descriptionYaml(parseDescription(text, "odd")), "odd again").digest).toBe(digest);
});

test("parameters are listed in order, with what they mean and may be", () => {
  const parameters = inputParameters(description);
  expect(parameters.map(({ name, type, multiple }) => `${name} ${type}${multiple ? "*" : ""}`)).toEqual([
    "positions string",
    "radius number",
    "band string",
    "max-rows integer",
    "all boolean",
    "epochs number*",
    "columns string*",
    "limit string",
    "options string",
    "either string",
  ]);
  expect(parameters[0]).toMatchObject({ description: "Positions", file: true, required: true });
  expect(parameters[1]).toMatchObject({
    unit: "arcsec",
    ucd: "pos.angDistance",
    utype: undefined,
    minimum: { value: 0, inclusive: false },
    maximum: { value: 3600, inclusive: true },
    file: false,
  });
  expect(inputParameters(parseDescription(smallest, "x.json"))).toEqual([]);
});

test("what has a default is not required", () => {
  expect(inputParameters(description)[2]).toMatchObject({ options: ["V", "R"], default: "V", required: false });
  expect(parameterOf("{type: integer, default: 3}", ", required: [p]")).toMatchObject({
    required: false,
    default: "3",
  });
  expect(parameterOf("{type: integer}", ", required: [p]")).toMatchObject({ required: true, default: undefined });
});

test.each([
  ["true", { type: "string", multiple: false, options: [] }],
  ["{const: 5}", { type: "number", options: ["5"] }],
  ["{enum: [a, null, 1]}", { type: "string", options: ["a", "1"] }],
  ["{type: [integer, 'null'], minimum: 1, exclusiveMinimum: 1}", { type: "integer", minimum: { inclusive: false } }],
  ["{type: number, minimum: 2, exclusiveMinimum: 1}", { minimum: { value: 2, inclusive: true } }],
  [
    "{type: array, items: {type: integer, maximum: 9, enum: [7, 9]}, default: [7, 9]}",
    { type: "integer", multiple: true, maximum: { value: 9 }, options: ["7", "9"], default: "7 9" },
  ],
  [
    "{type: array, items: false, x-ivoa: {ucd: 7, xtype: interval}}",
    { type: "number", multiple: false, arraysize: "2", ucd: undefined, xtype: "interval" },
  ],
  ["{title: ' T ', description: ' '}", { description: "T" }],
] as const)("%s is shown as %p", (schema, shown) => {
  expect(parameterOf(schema)).toMatchObject(shown);
});

test("a parameter that is forbidden is not shown", () => {
  expect(parameterOf("false")).toBeUndefined();
});

test("the first example that is short enough makes a query", () => {
  expect(exampleQuery(description)).toBe("positions=ra%2Cdec%0A1%2C2&radius=2.5&epochs=2000&epochs=2015.5");
  const long = crossmatch.replace("ra,dec", `ra,dec${" ".repeat(980)}`);
  expect(exampleQuery(parseDescription(long, "x.yaml"))).toBeUndefined();
});
