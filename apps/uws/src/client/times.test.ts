import { expect, test } from "bun:test";
import { parseSpan, parseTime, shownTime } from "./times.ts";

const now = new Date("2026-06-01T12:00:00Z");

test("spans are seconds, minutes, hours or days", () => {
  expect(["0", "90", "90s", "15m", "12h", "30d"].map((text) => parseSpan("--x", text))).toEqual([
    0, 90, 90, 900, 43_200, 2_592_000,
  ]);
  for (const wrong of ["", "1.5h", "-1", "1w", "h"]) expect(() => parseSpan("--x", wrong)).toThrow("--x must be");
});

test("times are UTC, or lie a span ahead or back", () => {
  const time = (text: string, direction: 1 | -1 = 1) => parseTime("--x", text, direction, now).toISOString();
  expect(time("2026-12-31")).toBe("2026-12-31T00:00:00.000Z");
  expect(time("2026-12-31 23:59")).toBe("2026-12-31T23:59:00.000Z");
  expect(time("2026-12-31T23:59:59.5")).toBe("2026-12-31T23:59:59.500Z");
  expect(time("2026-12-31T23:59:59+01:00")).toBe("2026-12-31T22:59:59.000Z");
  expect(time("1d")).toBe("2026-06-02T12:00:00.000Z");
  expect(time("1d", -1)).toBe("2026-05-31T12:00:00.000Z");
  for (const wrong of ["", "60", "tomorrow", "2026-13-01", "12:00"]) expect(() => time(wrong)).toThrow("--x must be");
});

test("they are shown to the second", () => {
  expect(shownTime(new Date("2026-01-02T03:04:05.678Z"))).toBe("2026-01-02 03:04:05Z");
});
