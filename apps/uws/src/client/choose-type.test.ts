import { expect, test } from "bun:test";
import type { ParameterDescription, ServiceDescription } from "@uws/client";
import { chooseType } from "./choose-type.ts";

const type = (name: string, ...parameters: readonly string[]): ServiceDescription => ({
  name,
  version: "1",
  title: undefined,
  description: undefined,
  parameters: parameters.map((parameter) => ({ name: parameter }) as ParameterDescription),
  open: true,
  results: [],
  groups: [],
  examples: [],
  executionDuration: undefined,
  destruction: undefined,
  document: {},
});

const cone = type("cone", "RADIUS");
const spectrum = type("spectrum", "Type");
const several = { types: [cone, spectrum], typeParameter: "Kind" };
const one = (only: ServiceDescription) => ({ types: [only], typeParameter: undefined });

test("of several types one is chosen by --type, or by the service's own parameter, in any case", () => {
  const chosen = { description: cone, naming: { Kind: "cone" }, words: ["--radius", "1"] };
  expect(chooseType(several, ["--radius", "1"], ["Cone"])).toEqual(chosen);
  for (const words of [["--kind", "cone"], ["--KIND=CONE"], ["kind=cone"]]) {
    expect(chooseType(several, [...words, "--radius", "1"], [])).toEqual(chosen);
    expect(chooseType(several, ["--radius", "1", ...words], ["cone"])).toEqual(chosen);
  }
});

test("which one is not guessed", () => {
  expect(() => chooseType(several, ["--radius", "1"], [])).toThrow("Say which job type: --type cone, spectrum.");
  expect(() => chooseType(several, [], ["cone", "spectrum"])).toThrow("of one type, and not of cone and spectrum");
  expect(() => chooseType(several, ["KIND=spectrum"], ["cone"])).not.toThrow();
  expect(() => chooseType(several, ["KIND=cone"], ["spectrum"])).toThrow("of one type");
  expect(() => chooseType(several, [], ["con"])).toThrow("There is no job type con here, but cone, spectrum.");
  expect(() => chooseType(several, ["--kind"], [])).toThrow("There is no job type");
});

test("--type is a parameter where the type that is meant has one of that name", () => {
  expect(chooseType(several, ["Kind=spectrum"], ["cone"])).toEqual({
    description: spectrum,
    naming: { Kind: "spectrum" },
    words: ["--type", "cone"],
  });
  expect(chooseType(one(spectrum), ["a=1"], ["O", "B"]).words).toEqual(["a=1", "--type", "O", "--type", "B"]);
});

test("where there is one type, --type may name it and no other", () => {
  expect(chooseType(one(cone), ["a=1"], ["cone"])).toEqual({ description: cone, naming: {}, words: ["a=1"] });
  expect(() => chooseType(one(cone), [], ["spectrum"])).toThrow("There is no job type spectrum here, but cone.");
});

test("another server is sent --type like everything else", () => {
  expect(chooseType(undefined, ["a=1"], ["x"])).toEqual({
    description: undefined,
    naming: {},
    words: ["a=1", "--type", "x"],
  });
});
