import { expect, test } from "bun:test";
import { formatDec, formatRa, graticule } from "./graticule.ts";
import { chooseView } from "./view.ts";

function ticks(ra: number[], dec: number[], radius: number): string[] {
  const view = chooseView({ ra: Float64Array.from(ra), dec: Float64Array.from(dec) }, radius);
  return graticule(view).ticks.map(({ text }) => text);
}

test("labels are as fine as the field is small", () => {
  expect(ticks([83.8], [-5.4], 0.5)).toContain("5h 36m");
  expect(ticks([83.8], [-5.4], 0.001)).toContain("5h 35m 12s");
  expect(ticks([0, 90, 200], [0, 10, -50], 1)).toEqual(expect.arrayContaining(["12h", "24h", "0h", "+30°", "−60°"]));
});

test("a field across 0h has labels on both sides of it", () => {
  expect(ticks([359, 1], [0, 0], 0.1)).toEqual(expect.arrayContaining(["23h 56m", "0h 00m", "0h 04m"]));
});

test("a field around a pole has every second hour and circles of declination", () => {
  const texts = ticks([0, 90, 180, 270], [-88, -88, -88, -88], 0.1);
  expect(texts).toEqual(expect.arrayContaining(["0h", "6h", "12h", "18h", "−89°"]));
});

test("angles are written as astronomers write them", () => {
  expect(formatRa(83.625, 0.25)).toBe("5h 34m 30s".slice(0, 6));
  expect(formatRa(83.625, 0.125)).toBe("5h 34m 30s");
  expect(formatRa(359.9999999, 0.01)).toBe("0h 00m 00s");
  expect(formatDec(-0.5, 0.5)).toBe("−0° 30′");
  expect(formatDec(22.0145, 1 / 3600)).toBe("+22° 00′ 52″");
  expect(formatDec(0, 1)).toBe("0°");
});
