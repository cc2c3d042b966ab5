import { expect, test } from "bun:test";
import type { InvalidParameter } from "@uws/core";
import { splitPriority } from "./split-priority.ts";

const split = (value: string, priority?: { default: number; max: number }) => {
  const problems: InvalidParameter[] = [];
  const fields = [
    { name: "a", value: "1" },
    { name: "Priority", value },
  ];
  const { priority: given, parameters } = splitPriority(fields, { priority }, problems);
  return { given, names: parameters.map(({ name }) => name), problems };
};

test("PRIORITY is taken where the description has priorities, and clamped to the highest", () => {
  const limits = { default: 1, max: 10 };
  expect(split("5", limits)).toEqual({ given: 5, names: ["a"], problems: [] });
  expect(split("99", limits).given).toBe(10);
  expect(split("-9999", limits).given).toBe(-1000);
  expect(splitPriority([], { priority: limits }, []).priority).toBe(1);
});

test("elsewhere it is a parameter like others, and what is no number is refused", () => {
  expect(split("5")).toEqual({ given: 0, names: ["a", "Priority"], problems: [] });
  for (const wrong of ["", "1.5", "urgent", "10000000"]) {
    expect(split(wrong, { default: 0, max: 10 }).problems).toHaveLength(1);
  }
});
