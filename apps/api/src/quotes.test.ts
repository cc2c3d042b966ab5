import { expect, test } from "bun:test";
import { predict } from "./quotes.ts";

const now = Date.parse("2026-01-01T00:00:00Z");
const job = { phase: "QUEUED", startTime: undefined, progress: undefined } as const;
const inSeconds = (date: Date | undefined) => (date === undefined ? undefined : (date.getTime() - now) / 1000);

test("a waiting job comes after those before it, as many at a time as run now", () => {
  expect(inSeconds(predict(job, { queued: 0, held: 0 }, 10, now))).toBe(10);
  expect(inSeconds(predict(job, { queued: 8, held: 4 }, 10, now))).toBe(30);
  expect(predict(job, { queued: 8, held: 4 }, undefined, now)).toBeUndefined();
});

test("a running job ends when such jobs do, or when its own progress says so, and never in the past", () => {
  const started = { ...job, phase: "EXECUTING", startTime: new Date(now - 20_000) } as const;
  const progress = { fraction: 0.5, message: "", counters: {} };
  expect(inSeconds(predict(started, { queued: 9, held: 1 }, 30, now))).toBe(10);
  expect(inSeconds(predict(started, { queued: 9, held: 1 }, 5, now))).toBe(0);
  expect(inSeconds(predict({ ...started, progress }, { queued: 0, held: 1 }, 5, now))).toBe(20);
  expect(predict(started, { queued: 0, held: 1 }, undefined, now)).toBeUndefined();
});
