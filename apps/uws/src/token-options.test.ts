import { expect, test } from "bun:test";
import { parseLifetime, parseServices, parseTokenName, parseTypes } from "./token-options.ts";

test("times are minutes, hours or days", () => {
  expect([parseLifetime("90m"), parseLifetime("12h"), parseLifetime("30d")]).toEqual([5400, 43_200, 2_592_000]);
  for (const wrong of ["", "30", "d", "0d", "-1d", "1.5h", "3651d", "1y", "30 d", "999999999999d"]) {
    expect(() => parseLifetime(wrong)).toThrow("--expires must be");
  }
});

test("types are names, each once", () => {
  expect(parseTypes("simulate, crossmatch,simulate")).toEqual(["simulate", "crossmatch"]);
  for (const wrong of ["", "a,,b", "a b", "a/b", "x".repeat(101)]) expect(() => parseTypes(wrong)).toThrow("--types");
  expect(() => parseTypes(Array.from({ length: 101 }, (_, index) => `t${index}`).join())).toThrow("at most 100");
});

test("services are paths, each once", () => {
  expect(parseServices("crossmatch, api/batch,crossmatch")).toEqual(["crossmatch", "api/batch"]);
  for (const wrong of ["", "a,,b", "a b", "/a", "a/"]) expect(() => parseServices(wrong)).toThrow("--services");
});

test("names can be typed", () => {
  expect(parseTokenName("gpu-node_7.example")).toBe("gpu-node_7.example");
  for (const wrong of ["", "a b", "ä", "x".repeat(101)]) expect(() => parseTokenName(wrong)).toThrow("NAME must be");
});
