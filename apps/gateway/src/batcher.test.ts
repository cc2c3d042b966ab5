import { expect, jest, test } from "bun:test";
import { Batcher } from "./batcher.ts";

test("what arrives during a commit is committed together afterwards", async () => {
  const groups: number[][] = [];
  const gate = Promise.withResolvers<void>();
  const batcher = new Batcher<number, number>(async (items) => {
    groups.push([...items]);
    if (groups.length === 1) await gate.promise;
    return items.map((item) => item * 2);
  });
  const first = batcher.add(1);
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  const others = [batcher.add(2), batcher.add(3)];
  gate.resolve();
  expect(await Promise.all([first, ...others])).toEqual([2, 4, 6]);
  expect(groups).toEqual([[1], [2, 3]]);
});

test("a failed commit fails its own group only, and no group is larger than allowed", async () => {
  const sizes: number[] = [];
  const batcher = new Batcher<number, number>(async (items) => {
    sizes.push(items.length);
    if (items.includes(0)) throw new Error("database is away");
    return items;
  }, 2);
  const outcomes = await Promise.allSettled([0, 1, 2, 3, 4].map((item) => batcher.add(item)));
  expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected", "fulfilled", "fulfilled", "fulfilled"]);
  expect(sizes).toEqual([2, 2, 1]);
  await batcher.settled();
});

test("an idle batcher commits before any timer could run", async () => {
  jest.useFakeTimers();
  try {
    const batcher = new Batcher<number, number>(async (items) => items);
    // The clock stands still: whoever waits for it waits for ever.
    expect(await batcher.add(1)).toBe(1);
  } finally {
    jest.useRealTimers();
  }
});
