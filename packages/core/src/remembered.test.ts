import { expect, test } from "bun:test";
import { Remembered } from "./remembered.ts";

test("an answer serves all who ask within its time, and no longer", async () => {
  let now = 0;
  let asked = 0;
  const remembered = new Remembered<number>(1000, 10, () => now);
  const ask = async () => (asked += 1);
  expect(await Promise.all([remembered.get("a", ask), remembered.get("a", ask)])).toEqual([1, 1]);
  now = 999;
  expect(await remembered.get("a", ask)).toBe(1);
  expect(await remembered.get("b", ask)).toBe(2);
  now = 1000;
  expect(await remembered.get("a", ask)).toBe(3);
});

test("a failure is told to those who wait for it, and not remembered", async () => {
  const remembered = new Remembered<number>(1000, 10);
  const failing = remembered.get("a", () => Promise.reject(new Error("away")));
  expect(failing).rejects.toThrow("away");
  await failing.catch(() => {});
  expect(await remembered.get("a", async () => 7)).toBe(7);
});

test("the oldest answers make room", async () => {
  const remembered = new Remembered<string>(1000, 2);
  for (const key of ["a", "b", "c"]) await remembered.get(key, async () => "first");
  expect(await remembered.get("c", async () => "again")).toBe("first");
  expect(await remembered.get("a", async () => "again")).toBe("again");
});
