import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parseDec, parseRa } from "./parse-angle.ts";

function degrees(angle: ReturnType<typeof parseRa>): number {
  if ("problem" in angle) throw new Error(angle.problem);
  return angle.degrees;
}

describe("right ascension", () => {
  test("in decimal degrees comes back from 0 to 360", () => {
    for (const [text, expected] of [
      ["83.633", 83.633],
      [" +1e1 ", 10],
      [".5", 0.5],
      ["360", 0],
      ["-10", 350],
      ["−10", 350],
      ["83,633", 83.633],
      ["-1e-15", 0],
    ] as const) {
      expect(degrees(parseRa(text))).toBe(expected);
    }
  });

  test("in hours, minutes and seconds", () => {
    for (const text of ["05:34:31.94", "05 34 31.94", "5h34m31.94s", "5h 34m 31.94s", "+05:34:31.94"]) {
      expect(degrees(parseRa(text))).toBeCloseTo(83.6330833, 6);
    }
    expect(degrees(parseRa("05:34.5"))).toBeCloseTo(83.625, 9);
    expect(degrees(parseRa("24:00:00"))).toBe(0);
    expect(degrees(parseRa("23:59:60"))).toBe(0);
  });

  test("in degrees, minutes and seconds if it says so", () => {
    expect(degrees(parseRa("83°38′"))).toBeCloseTo(83.6333333, 6);
  });

  test("in a unit of the column", () => {
    expect(degrees(parseRa("2", 15))).toBe(30);
    expect(degrees(parseRa(String(Math.PI), 180 / Math.PI))).toBeCloseTo(180, 9);
  });

  test("that is none is a problem, told in words", () => {
    expect(parseRa("")).toEqual({ problem: "right ascension is empty" });
    expect(parseRa("abc")).toEqual({ problem: 'right ascension "abc" is not a number' });
    for (const text of ["NaN", "Infinity", "0x10", "1e999", "361", "-181", "25:00:00", "05:61:00", "1 2 3 4", "5:"]) {
      expect(parseRa(text)).toHaveProperty("problem");
    }
  });
});

test("declination keeps its sign, also at minus zero degrees", () => {
  for (const text of ["-00:30:00", "-0 30", "−0°30′", "-0d30m00s", "-0.5"]) expect(degrees(parseDec(text))).toBe(-0.5);
  expect(degrees(parseDec('+22 00 52.2"'))).toBeCloseTo(22.0145, 9);
  for (const text of ["90.1", "-90:00:01", "x", ""]) expect(parseDec(text)).toHaveProperty("problem");
});

test("any text is either an angle in range or a problem, and quickly so", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[-+0-9:hms° .,e]{0,30}$/)), (text) => {
      const [ra, dec] = [parseRa(text), parseDec(text)];
      if ("degrees" in ra) expect(ra.degrees >= 0 && ra.degrees < 360).toBe(true);
      if ("degrees" in dec) expect(Math.abs(dec.degrees) <= 90).toBe(true);
    }),
    { numRuns: 2000 },
  );
  const start = performance.now();
  parseRa(`1${" ".repeat(200_000)}x`);
  expect(performance.now() - start).toBeLessThan(100);
});
