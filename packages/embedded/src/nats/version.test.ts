import { expect, test } from "bun:test";
import { isAtLeast } from "./version.ts";

test("versions are compared as numbers", () => {
  expect(isAtLeast("2.9.10", "2.9.10")).toBe(true);
  expect(isAtLeast("2.10.0", "2.9.10")).toBe(true);
  expect(isAtLeast("2.12.8-RC.1", "2.9.10")).toBe(true);
  expect(isAtLeast("2.9.9", "2.9.10")).toBe(false);
  expect(isAtLeast("1.99.99", "2.9.10")).toBe(false);
});
