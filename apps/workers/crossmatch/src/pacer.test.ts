import { expect, test } from "bun:test";
import { Pacer } from "./pacer.ts";

test("returns to the event loop once 10 ms have passed, not before", async () => {
  let now = 0;
  let pauses = 0;
  const pacer = new Pacer(undefined, () => now);
  for (now = 0; now < 25; now++) await pacer.breathe(() => pauses++);
  expect(pauses).toBe(2);
});

test("throws the reason of an aborted signal", async () => {
  const pacer = new Pacer(AbortSignal.abort(new Error("timed out")));
  await expect(pacer.breathe()).rejects.toThrow("timed out");
});
