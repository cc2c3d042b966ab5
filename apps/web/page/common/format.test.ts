import { expect, test } from "bun:test";
import { formatDuration, formatSize, formatTime, readFieldTime, shortId } from "./format.ts";

test("times are UTC, on the page and in fields", () => {
  const time = new Date("2026-01-31T12:34:56.789Z");
  expect(formatTime(time)).toBe("2026-01-31 12:34:56");
  const read = (text: string) => readFieldTime(text)?.toISOString();
  expect(read(formatTime(time))).toBe("2026-01-31T12:34:56.000Z");
  expect([read("2026-01-31"), read(" 2026-01-31T12:34Z ")]).toEqual([
    "2026-01-31T00:00:00.000Z",
    "2026-01-31T12:34:00.000Z",
  ]);
  expect(["", "soon", "2026-13-31", "2026-01-31 12:34+01:00"].map(read)).toEqual(Array(4).fill(undefined));
});

test("durations have two units at most", () => {
  const shown = [-1, 0, 0.123, 1, 9.96, 59.4, 60, 200, 3600, 18_420, 183_600, 172_800].map(formatDuration);
  expect(shown.slice(0, 6)).toEqual(["0 s", "0.00 s", "0.12 s", "1.0 s", "10.0 s", "59 s"]);
  expect(shown.slice(6)).toEqual(["1 min", "3 min 20 s", "1 h", "5 h 7 min", "2 d 3 h", "2 d"]);
});

test("sizes have two digits", () => {
  expect([0, 512, 1000, 1536, 12_345_678, 999_999, 5e12].map(formatSize)).toEqual([
    "0 B",
    "512 B",
    "1 kB",
    "1.5 kB",
    "12 MB",
    "1 MB",
    "5 TB",
  ]);
});

test("a long id is known by its end", () => {
  expect(shortId("0197a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b")).toBe("…0c1d2e3f4a5b");
  expect(shortId("0abc")).toBe("0abc");
});
