import { expect, test } from "bun:test";
import type { ParameterDescription, ServiceDescription } from "@uws/client";
import { readParameters, takeDuration } from "./given-parameters.ts";

const parameter = (name: string, more: Partial<ParameterDescription> = {}): ParameterDescription => ({
  name,
  title: undefined,
  description: undefined,
  type: "string",
  multiple: false,
  required: false,
  file: false,
  upload: undefined,
  default: undefined,
  options: [],
  minimum: undefined,
  maximum: undefined,
  maxLength: undefined,
  unit: undefined,
  ucd: undefined,
  xtype: undefined,
  example: [],
  ...more,
});

const closed: ServiceDescription = {
  name: "cone",
  version: undefined,
  title: undefined,
  description: undefined,
  parameters: [parameter("RADIUS"), parameter("Fast", { type: "boolean" })],
  open: false,
  results: [],
  groups: [],
  examples: [],
  executionDuration: undefined,
  destruction: undefined,
  document: {},
};

function read(words: string, description: ServiceDescription | undefined = closed) {
  return readParameters(words.split(" "), description).map(({ name, value }) => `${name}=${value}`);
}

test("a parameter is a flag, a flag with its value, or a name with a value, in any case", () => {
  expect(read("--radius 1 --Radius=2 radius=3 RADIUS=a=b")).toEqual(["RADIUS=1", "RADIUS=2", "RADIUS=3", "RADIUS=a=b"]);
  expect(read("--radius -5.3 --radius --x RADIUS=")).toEqual(["RADIUS=-5.3", "RADIUS=--x", "RADIUS="]);
});

test("a flag that is true or false needs no value", () => {
  expect(read("--fast --radius 1 --fast=false")).toEqual(["Fast=true", "RADIUS=1", "Fast=false"]);
});

test("what the service does not have is refused, but not what the standard has", () => {
  expect(() => read("--tabel 1")).toThrow("cone has no parameter tabel. It has: --radius, --fast.");
  expect(read("RUNID=a upload=t,param:t")).toEqual(["RUNID=a", "upload=t,param:t"]);
  expect(read("--Tabel 1", { ...closed, open: true })).toEqual(["Tabel=1"]);
});

test("another server is sent everything as it is", () => {
  expect(readParameters(["--Any", "1", "fast=x"], undefined).map(({ name, value }) => `${name}=${value}`)).toEqual([
    "Any=1",
    "fast=x",
  ]);
});

test("what is no parameter is refused", () => {
  for (const word of ["stars.csv", "=1", "--=1"]) expect(() => read(word)).toThrow("is no parameter");
  expect(() => read("--radius")).toThrow("--radius needs a value");
});

test("--duration is ours, unless the service has a parameter of that name", () => {
  const words = ["--radius", "1", "--duration", "60"];
  expect(takeDuration(words, closed)).toEqual({ words: ["--radius", "1"], duration: "60" });
  expect(takeDuration(["--duration=1m"], undefined)).toEqual({ words: [], duration: "1m" });
  const theirs = { ...closed, parameters: [parameter("Duration")] };
  expect(takeDuration(words, theirs)).toEqual({ words, duration: undefined });
  expect(() => takeDuration(["--duration"], closed)).toThrow("--duration needs a value");
});
