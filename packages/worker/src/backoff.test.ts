import { expect, test } from "bun:test";
import { Backoff } from "./backoff.ts";

test("delays double up to the maximum, and begin anew after a reset", () => {
  const backoff = new Backoff({ baseMs: 100, maxMs: 500, random: () => 1 });
  expect(Array.from({ length: 5 }, () => backoff.next())).toEqual([100, 200, 400, 500, 500]);
  backoff.reset();
  expect(backoff.next()).toBe(100);
});

test("jitter is full: a delay may be anything down to nothing", () => {
  expect(new Backoff({ random: () => 0 }).next()).toBe(0);
});
