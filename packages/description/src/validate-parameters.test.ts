import { expect, test } from "bun:test";
import fc from "fast-check";
import { crossmatch, smallest } from "./fixture.ts";
import { type GivenParameter, givenOf } from "./given-parameter.ts";
import { canonicalName } from "./parameter-schema.ts";
import { parseDescription } from "./parse-description.ts";
import { invalidParameters, validateParameters } from "./validate-parameters.ts";

const description = parseDescription(crossmatch, "x.yaml");
const open = parseDescription(smallest, "x.json");

const messages = (given: readonly GivenParameter[], complete = false, of = description) =>
  validateParameters(of, given, { complete }).map(({ message }) => message);
const value = (name: string, text: string): GivenParameter => ({ name, value: text });
const file = (name: string, mediaType: string, size = 10): GivenParameter => ({
  name,
  upload: { mediaType, size, filename: "stars.csv" },
});

test("names are matched without regard to case", () => {
  expect(canonicalName(description, "MAX-Rows")).toBe("max-rows");
  expect(canonicalName(description, "rows")).toBeUndefined();
  expect(canonicalName(description, "__proto__")).toBeUndefined();
  expect(messages([value("RADIUS", "1"), value("Band", "R")])).toEqual([]);
});

test("a job that is not to run may be incomplete", () => {
  expect(messages([])).toEqual([]);
  expect(messages([value("radius", "x")])).toHaveLength(1);
});

test("a job that is to run must have what is required; a default counts", () => {
  expect(messages([], true)).toEqual(["positions is required", "radius is required"]);
  expect(messages([value("POSITIONS", "ra,dec"), value("RADIUS", "1")], true)).toEqual([]);
  expect(messages([file("positions", "text/csv"), value("RADIUS", "1")], true)).toEqual([]);
});

test.each(["1", "2.5", "1e3", ".5", "5.", "+1", "1E-3", "3600"])("%p is a number", (text) => {
  expect(messages([value("radius", text)])).toEqual([]);
});

test.each(["abc", "NaN", "", " 1 ", "1 ", "0x10", "1e400", "INF", "Infinity", "1,5", "1_0", "--1", ".", "e5", "١"])(
  "%p is not a finite number",
  (text) =>
    expect(messages([value("radius", text)])).toEqual([`radius=${JSON.stringify(text)} must be a finite number`]),
);

test("a number keeps to its limits", () => {
  expect(messages([value("Radius", "-1")])).toEqual(['Radius="-1" must be > 0']);
  expect(messages([value("Radius", "0")])).toEqual(['Radius="0" must be > 0']);
  // Too small for a double is 0.
  expect(messages([value("Radius", "1e-400")])).toEqual(['Radius="1e-400" must be > 0']);
  expect(messages([value("Radius", "3600.1")])).toEqual(['Radius="3600.1" must be <= 3600']);
});

test("an integer is written as one, and may have 64 bits", () => {
  expect(messages([value("max-rows", "4657994321463473792")])).toEqual([]);
  for (const text of ["1.0", "1e3", "", "x", "9".repeat(400)]) {
    expect(messages([value("max-rows", text)])[0]).toEndWith("must be an integer");
  }
});

test("a boolean is an xs:boolean", () => {
  for (const text of ["true", "false", "1", "0"]) expect(messages([value("all", text)])).toEqual([]);
  for (const text of ["TRUE", "yes", "", "on"])
    expect(messages([value("all", text)])).toEqual([`all="${text}" must be true or false`]);
});

test("a choice names what there is", () => {
  expect(messages([value("band", "v")])).toEqual(['band="v" must be one of "V", "R"']);
});

test("an array is a repeated name, a DALI array, or JSON", () => {
  expect(messages([value("epochs", "2000"), value("EPOCHS", "2015.5")])).toEqual([]);
  expect(messages([value("epochs", "2000 2015.5")])).toEqual([]);
  expect(messages([value("epochs", "[2000, 2015.5]")])).toEqual([]);
  expect(messages([value("epochs", "2000"), value("epochs", "x")])).toEqual([
    'epochs="2000", "x" item 2 must be a finite number',
  ]);
  expect(messages([value("epochs", "1 2 3 4")])).toEqual(['epochs="1 2 3 4" must NOT have more than 3 items']);
  expect(messages([value("columns", "a b"), value("columns", "abcde")])).toEqual([
    'columns="a b", "abcde" at 1 must NOT have more than 4 characters',
  ]);
});

test("what is not an array is given once", () => {
  expect(messages([value("radius", "1"), value("RADIUS", "2")])).toEqual([
    'radius="1", "2" is given 2 times, must be given once',
  ]);
});

test("the narrowest type that fits is meant", () => {
  expect(messages([value("limit", "7")])).toEqual([]);
  expect(messages([value("limit", "abc")])).toEqual([]);
  expect(messages([value("limit", "A")])).toEqual(['limit="A" must match pattern "^[a-z]+$"']);
  expect(messages([value("either", "auto")])).toEqual([]);
  expect(messages([value("either", "11")])).toEqual([]);
  expect(messages([value("either", "9")])).toEqual(['either="9" must be >= 10 or must be "auto"']);
});

test("an object is JSON", () => {
  expect(messages([value("options", '{"deep": 1}')])).toEqual([]);
  expect(messages([value("options", "deep")])).toEqual(['options="deep" must be a JSON object']);
  expect(messages([value("options", '{"deep": "x"}')])[0]).toContain("at deep must be integer");
});

test("an unknown name is refused only where the schema is closed", () => {
  expect(messages([value("raduis", "1")])[0]).toStartWith(
    'raduis="1" is not a parameter of this job type; it has positions, radius',
  );
  expect(messages([value("anything", "1")], true, open)).toEqual([]);
  // Nothing is said of it, so it may be repeated.
  expect(messages([value("anything", "1"), value("ANYTHING", "2")], true, open)).toEqual([]);
});

test("a file goes where the description wants one, of a type and size that it allows", () => {
  expect(messages([file("positions", "text/csv; charset=utf-8")])).toEqual([]);
  expect(messages([file("positions", "Application/X-VOTable+XML")])).toEqual([]);
  // curl and STILTS do not know better.
  expect(messages([file("positions", "application/octet-stream"), value("radius", "1")])).toEqual([]);
  expect(messages([file("positions", "text/plain")])).toEqual([]);
  expect(messages([file("positions", "image/png")])).toEqual([
    'positions=file "stars.csv" (image/png, 10 bytes) must be of type text/csv or application/x-votable+xml',
  ]);
  expect(messages([file("positions", "text/csv", 1001)])[0]).toEndWith("must not be larger than 1000 bytes");
  expect(messages([value("positions", "é".repeat(501))])[0]).toEndWith("must not be longer than 1000 bytes");
  expect(messages([file("radius", "text/csv")])[0]).toEndWith("takes a value, not a file");
  // Nothing is said of it, so it may be a file.
  expect(messages([file("x", "text/csv")], true, open)).toEqual([]);
  expect(messages([file("x", "text/csv"), value("x", "a")], true, open)[0]).toEndWith("must be given once");
  expect(messages([file("positions", "text/csv"), value("positions", "a")])[0]).toEndWith("must be given once");
});

test("rules about several parameters wait until the job is complete", () => {
  const either = parseDescription(
    JSON.stringify({
      ...JSON.parse(smallest),
      parameters: {
        type: "object",
        properties: { a: { type: "number" }, b: { type: "number" } },
        anyOf: [{ required: ["a"] }, { required: ["b"] }],
        dependentRequired: { b: ["a"] },
      },
    }),
    "x.json",
  );
  expect(messages([], false, either)).toEqual([]);
  expect(messages([value("b", "1")], false, either)).toEqual([]);
  expect(messages([value("a", "1")], true, either)).toEqual([]);
  expect(messages([], true, either)).toHaveLength(1);
  expect(messages([value("b", "1")], true, either)).toHaveLength(1);
});

test("everything that is wrong is told at once, values shortened", () => {
  const error = invalidParameters(
    validateParameters(description, [value("radius", "x".repeat(1000)), value("band", "\u0000"), value("q", "1")], {
      complete: true,
    }),
  );
  expect(error.code).toBe("invalid");
  const lines = error.message.split("\n");
  expect(lines).toHaveLength(4);
  expect(lines[0]).toBe(`radius="${"x".repeat(60)}…" must be a finite number`);
  expect(lines.some((line) => line.startsWith('band="\\u0000"'))).toBe(true);
  expect(lines).toContain("positions is required");
});

test("a JSON object stands for a form", () => {
  expect(givenOf({ a: "x", b: 1.5, c: [1, "y"], d: null, e: { f: true } })).toEqual([
    value("a", "x"),
    value("b", "1.5"),
    value("c", "1"),
    value("c", "y"),
    value("e", '{"f":true}'),
  ]);
});

test("whatever a client sends is judged, never thrown at", () => {
  const name = fc.oneof(
    fc.constantFrom(
      "radius",
      "EPOCHS",
      "columns",
      "options",
      "either",
      "limit",
      "positions",
      "__proto__",
      "constructor",
      "",
    ),
    fc.string({ unit: "binary" }),
  );
  const parameter = fc.oneof(
    fc.record({ name, value: fc.oneof(fc.string({ unit: "binary" }), fc.json(), fc.double().map(String)) }),
    fc.record({ name, upload: fc.record({ mediaType: fc.string(), size: fc.nat(), filename: fc.string() }) }),
  );
  fc.assert(
    fc.property(fc.array(parameter), fc.boolean(), (given, complete) => {
      for (const { message } of validateParameters(description, given, { complete }))
        expect(message).not.toContain("\n");
      validateParameters(open, given, { complete });
    }),
    { numRuns: 500 },
  );
});

test("any finite double is a number as it is written", () => {
  const wide = parseDescription(
    smallest.replace('"properties": {}', '"properties": {"x": {"type": "number"}}'),
    "x.json",
  );
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
      expect(messages([value("X", String(number))], true, wide)).toEqual([]);
    }),
  );
});
