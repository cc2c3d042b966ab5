import { expect, test } from "bun:test";
import { parse } from "yaml";
import { inputParameters } from "../emit-parameters.ts";
import { exampleQuery } from "../emit-query.ts";
import { givenOf } from "../given-parameter.ts";
import { parseDescription } from "../parse-description.ts";
import { validateParameters } from "../validate-parameters.ts";
import { arrayForm } from "./array-form.ts";
import { formSchemaOf, jsonSchemaOf } from "./xtype-schema.ts";

/** A description with the parameter P of this schema. */
const describe = (schema: string, more = "") =>
  parseDescription(
    `{name: p, version: "1", title: P, parameters: {type: object, properties: {P: ${schema}}}${more}}`,
    "p.yaml",
  );
const of = (xtype: string, more = "") => describe(`{${more} x-ivoa: {xtype: ${xtype}}}`);

/** What is said of texts that are sent as P. */
const said = (description: ReturnType<typeof describe>, ...texts: readonly string[]) =>
  validateParameters(
    description,
    texts.map((value) => ({ name: "P", value })),
    { complete: true },
  ).map(({ rule }) => rule);

test.each([
  ["interval", "12.5 13"],
  ["interval", "-Inf 0.0"],
  ["interval", "0.0 +Inf"],
  ["interval", "-Inf +Inf"],
  ["interval", "1.0 1.0"],
  ["interval", "[12.5, 13]"],
  ["interval", '["-Inf", 13e-1]'],
  ["multiinterval", "1.0 3.0 4.0 5.0"],
  ["point", "12.3 45.6"],
  ["point", "360\t-90"],
  ["circle", "12.3 45.6 0.5"],
  ["circle", "0 90 180"],
  ["range", "359 1 -1 1"],
  ["polygon", "10.0 10.0 10.2 10.0 10.2 10.2"],
  ["polygon", "10.0 10.0 10.2 10.0 10.2 10.2 10.0 10.2"],
  ["timestamp", "2000-01-02T15:20:30.456"],
  ["timestamp", "2001-02-03T04:05:06"],
  ["timestamp", "2004-02-29"],
  ["timestamp", "2000-01-02T15:20:30Z"],
  ["timestamp", "2016-12-31T23:59:60"],
  ["hms", "24:00:00"],
  ["hms", "05:34:31.9"],
  ["dms", "-90:00:00"],
  ["dms", "+22:00:52.2"],
  ["shape", "circle 12.3 45.6 0.5"],
  ["shape", "polygon 10.0 10.0 10.2 10.0 10.2 10.2"],
  ["site:anything", "at all"],
])("a %s may be %j", (xtype, text) => {
  expect(said(of(xtype), text)).toEqual([]);
});

test.each([
  ["interval", "13 12.5", 'must be an interval "low high": 13 to 12.5 is no interval: low comes first'],
  ["interval", "+Inf -Inf", 'must be an interval "low high": +Inf to -Inf is no interval: low comes first'],
  ["interval", "+Inf +Inf", 'must be an interval "low high": +Inf to +Inf is no interval: low comes first'],
  ["interval", "12.5", 'must be an interval "low high": it has 1 number, not 2'],
  ["interval", "1 2 3", 'must be an interval "low high": it has 3 numbers, not 2'],
  ["interval", "NaN 1", 'must be an interval "low high": number 1 must be a finite number, -Inf or +Inf'],
  ["interval", "0 Infinity", 'must be an interval "low high": number 2 must be a finite number, -Inf or +Inf'],
  ["interval", "", 'must be an interval "low high": number 1 must be a finite number, -Inf or +Inf'],
  ["interval", " 1 2", 'must be an interval "low high": number 1 must be a finite number, -Inf or +Inf'],
  ["interval", "[1, null]", 'must be an interval "low high": number 2 must be a finite number, -Inf or +Inf'],
  ["multiinterval", "1 2 3", 'must be a multiinterval "low high low high …": it has 3 numbers, which are no pairs'],
  ["multiinterval", "1 2 4 3", 'must be a multiinterval "low high low high …": 4 to 3 is no interval: low comes first'],
  ["point", "361 0", 'must be a point "longitude latitude": longitude 361 is not between 0 and 360'],
  ["circle", "10 91 1", 'must be a circle "longitude latitude radius": latitude 91 is not between -90 and 90'],
  ["circle", "10 0 181", 'must be a circle "longitude latitude radius": radius 181 is not between 0 and 180'],
  ["circle", "10 0 -1", 'must be a circle "longitude latitude radius": radius -1 is not between 0 and 180'],
  ["circle", "10 0", 'must be a circle "longitude latitude radius": it has 2 numbers, not 3'],
  ["circle", "10 0 +Inf", 'must be a circle "longitude latitude radius": number 3 must be a finite number'],
  [
    "range",
    "1 2 4 3",
    'must be a range "longitude longitude latitude latitude": latitude 4 to 3 is no interval: low comes first',
  ],
  [
    "polygon",
    "1 1 2 2",
    'must be a polygon "longitude latitude of three vertices or more": it has 4 numbers, not 6 or more',
  ],
  [
    "polygon",
    "1 1 2 2 3 3 4",
    'must be a polygon "longitude latitude of three vertices or more": it has 7 numbers, which are no pairs',
  ],
  [
    "polygon",
    "1 1 2 2 3 -91",
    'must be a polygon "longitude latitude of three vertices or more": latitude -91 is not between -90 and 90',
  ],
  ["timestamp", "2001-02-29", "must be a timestamp (YYYY-MM-DD or YYYY-MM-DDThh:mm:ss.SSS)"],
  ["timestamp", "2001-02-03 04:05:06", "must be a timestamp (YYYY-MM-DD or YYYY-MM-DDThh:mm:ss.SSS)"],
  ["timestamp", "2001-02-03T04:05:06+01:00", "must be a timestamp (YYYY-MM-DD or YYYY-MM-DDThh:mm:ss.SSS)"],
  ["hms", "24:00:01", "must be a hms (hours:minutes:seconds from 00:00:00 to 24:00:00)"],
  ["hms", "12:34:60", "must be a hms (hours:minutes:seconds from 00:00:00 to 24:00:00)"],
  ["dms", "90:00:01", "must be a dms (degrees:minutes:seconds from -90:00:00 to +90:00:00)"],
  ["shape", "square 1 2", "must be a shape (circle, range or polygon and its numbers)"],
  [
    "shape",
    "circle 1 2",
    "must be a shape (circle, range or polygon and its numbers): circle: it has 2 numbers, not 3",
  ],
])("a %s may not be %j", (xtype, text, rule) => {
  expect(said(of(xtype), text)).toEqual([rule]);
});

test("an error names parameter, value and rule", () => {
  const [problem] = validateParameters(of("circle"), [{ name: "p", value: "400 10 1" }], { complete: true });
  const rule = 'must be a circle "longitude latitude radius": longitude 400 is not between 0 and 360';
  expect(problem).toEqual({ parameter: "p", value: "400 10 1", rule, message: `p="400 10 1" ${rule}` });
});

test("what the author says of the numbers holds beside the xtype", () => {
  const wavelengths = of("interval", "type: array, items: {type: number, minimum: 0},");
  expect(said(wavelengths, "0 +Inf")).toEqual([]);
  expect(said(wavelengths, "-1 2")).toEqual(["at 0 must be >= 0"]);
  expect(said(wavelengths, "-Inf 2")).toEqual(["at 0 must be >= 0"]);
  const whole = of("interval", "type: array, items: {type: integer},");
  expect(said(whole, "-5 5")).toEqual([]);
  expect(said(whole, "0.5 2")[0]).toEndWith("number 1 must be an integer");
  expect(said(whole, "0 +Inf")[0]).toEndWith("number 2 must be an integer");
});

test("one value is given once; several are repeated where the author says so", () => {
  expect(said(of("interval"), "1 2", "3 4")[0]).toStartWith("is given 2 times, must be given once");
  const several = describe("{type: array, maxItems: 2, items: {x-ivoa: {xtype: interval}}}");
  for (const texts of [["1 2"], ["1 2", "3 4"], ["[1, 2]"], ["[[1, 2], [3, 4]]"], ["[1,2]", "3 +Inf"]]) {
    expect([texts, said(several, ...texts)]).toEqual([texts, []]);
  }
  expect(said(several, "1 2", "4 3")[0]).toStartWith("item 2 must be an interval");
  expect(said(several, "[[1, 2], [4, 3]]")[0]).toStartWith("item 2 must be an interval");
  expect(said(several, "1 2", "3 4", "5 6")).toEqual(["must NOT have more than 2 items"]);
  const days = describe("{type: array, items: {type: string, x-ivoa: {xtype: timestamp}}}");
  expect(said(days, "2000-01-02", "2000-13-02")[0]).toStartWith("item 2 must be a timestamp");
});

test("a value whose author takes it as text is text, of the right form", () => {
  const text = of("circle", "type: string, maxLength: 9,");
  expect(said(text, "1 2 3")).toEqual([]);
  expect(said(text, "1 2")[0]).toStartWith("must be a circle");
  expect(said(text, "100 20 3.25")).toEqual(["must NOT have more than 9 characters"]);
});

test("a JSON array is written as DALI writes it", () => {
  const one = of("interval");
  const several = describe("{type: array, items: {x-ivoa: {xtype: interval}}}");
  const plain = describe("{type: array, items: {type: number}}");
  const written = (description: ReturnType<typeof describe>, value: Parameters<typeof givenOf>[0][string]) =>
    givenOf({ P: value }, (name) => arrayForm(description, name)).map((given) => "value" in given && given.value);
  expect(written(one, [0.5, "+Inf"])).toEqual(["0.5 +Inf"]);
  expect(written(one, "0.5 1")).toEqual(["0.5 1"]);
  expect(written(one, [])).toEqual([""]);
  expect(
    written(several, [
      [1, 2],
      ["-Inf", 3],
    ]),
  ).toEqual(["1 2", "-Inf 3"]);
  expect(written(plain, [1, 2])).toEqual(["1", "2"]);
});

test("defaults and examples of a description are arrays as well", () => {
  const examples = ", examples: [{title: E, parameters: {P: [1, '+Inf']}}]";
  expect(exampleQuery(describe("{x-ivoa: {xtype: interval}, default: [0, 1]}", examples))).toBe("P=1+%2BInf");
  expect(() => describe("{x-ivoa: {xtype: interval}, default: [1, 0]}")).toThrow(
    'P.default: P="1 0" must be an interval',
  );
});

test("lists of parameters tell the type as DALI has it", () => {
  expect(inputParameters(of("circle"))[0]).toMatchObject({ type: "number", arraysize: "3", multiple: false });
  expect(inputParameters(of("polygon", "type: array,"))[0]).toMatchObject({ arraysize: "*", xtype: "polygon" });
  const several = describe("{type: array, items: {items: {type: integer, minimum: 1}, x-ivoa: {xtype: interval}}}");
  expect(inputParameters(several)[0]).toMatchObject({
    ...{ type: "integer", arraysize: "2", multiple: true, xtype: "interval" },
    minimum: { value: 1, inclusive: true },
  });
  expect(inputParameters(of("timestamp"))[0]).toMatchObject({ type: "string", arraysize: undefined });
});

test("JSON has an array of numbers of the right count and bounds, a form has a text", () => {
  expect(jsonSchemaOf(parse("{description: Where, x-ivoa: {xtype: circle}}"))).toEqual({
    description: "Where (DALI circle: longitude latitude radius.)",
    "x-ivoa": { xtype: "circle" },
    type: "array",
    prefixItems: [
      { title: "longitude", type: "number", minimum: 0, maximum: 360 },
      { title: "latitude", type: "number", minimum: -90, maximum: 90 },
      { title: "radius", type: "number", minimum: 0, maximum: 180 },
    ],
    ...{ minItems: 3, maxItems: 3 },
  });
  expect(jsonSchemaOf(parse("{type: array, items: {type: number, minimum: 0}, x-ivoa: {xtype: interval}}"))).toEqual({
    description: "DALI interval: low high; an end may be -Inf or +Inf.",
    "x-ivoa": { xtype: "interval" },
    type: "array",
    items: { anyOf: [{ type: "number", minimum: 0 }, { enum: ["-Inf", "+Inf"] }] },
    ...{ minItems: 2, maxItems: 2 },
  });
  const form = formSchemaOf(parse("{type: array, default: [1, 2], x-ivoa: {xtype: interval}}"));
  expect(form).toMatchObject({ type: "string", default: "1 2" });
  const { pattern } = form as { pattern: string };
  expect(["1 2", "-Inf 1e3", "1", "1 2 3", "a b"].map((text) => new RegExp(pattern).test(text))).toEqual([
    ...[true, true],
    ...[false, false, false],
  ]);
  const polygon = formSchemaOf(parse("{x-ivoa: {xtype: polygon}}")) as { pattern: string };
  expect(["1 1 2 2", "1 1 2 2 3 3", "1 1 2 2 3 3 4"].map((text) => new RegExp(polygon.pattern).test(text))).toEqual([
    ...[false, true, false],
  ]);
  expect(jsonSchemaOf(parse("{type: string, x-ivoa: {xtype: timestamp}}"))).toHaveProperty("pattern");
});
