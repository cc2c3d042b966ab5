import { expect, test } from "bun:test";
import { UwsError } from "@uws/core";
import { readJson } from "./json.ts";

test("numbers are kept as they were written", () => {
  expect(readJson('{"id": 9007199254740993, "far": 1e400, "r": 0.10, "list": [1E5, -0], "in": {"x": 1.50}}')).toEqual([
    { name: "id", value: "9007199254740993" },
    { name: "far", value: "1e400" },
    { name: "r", value: "0.10" },
    { name: "list", value: "1E5" },
    { name: "list", value: "-0" },
    { name: "in", value: '{"x":1.50}' },
  ]);
});

test("parameters that are a number are a parameter of that name", () => {
  expect(readJson('{"parameters": 5}')).toEqual([{ name: "parameters", value: "5" }]);
});

test("members that every object has are names like others", () => {
  expect(readJson('{"__proto__": "a", "constructor": {"__proto__": 1}}')).toEqual([
    { name: "__proto__", value: "a" },
    { name: "constructor", value: '{"__proto__":1}' },
  ]);
});

test("what is nested too deeply is refused", () => {
  const depth = 200_000;
  expect(() => readJson(`{"a":${"[".repeat(depth)}${"]".repeat(depth)}}`)).toThrow(
    new UwsError("invalid", "The body of the request is nested too deeply."),
  );
});
