import { expect, test } from "bun:test";
import { angularSeparation } from "./angular-separation.ts";

test("is zero for one place, however it is written", () => {
  expect(angularSeparation(12, 34, 12, 34)).toBe(0);
  expect(angularSeparation(0, 34, 360, 34)).toBeLessThan(1e-13);
  expect(angularSeparation(10, 90, 200, 90)).toBeLessThan(1e-13);
});

test("is right at the poles, across 0h and at antipodes", () => {
  expect(angularSeparation(0, 89, 180, 89)).toBeCloseTo(2, 12);
  expect(angularSeparation(359.5, 0, 0.5, 0)).toBeCloseTo(1, 12);
  expect(angularSeparation(77, 90, 12, -90)).toBeCloseTo(180, 12);
  expect(angularSeparation(30, 10, 210, -10)).toBeCloseTo(180, 12);
});

test("keeps its digits for a micro-arcsecond, in both directions and at any declination", () => {
  const tiny = 1e-6 / 3600;
  for (const dec of [-89, -30, 0, 45, 80]) {
    // Adding 1e-10 to 45 loses digits: what was really added is the difference.
    expect(angularSeparation(10, dec, 10, dec + tiny) / (dec + tiny - dec)).toBeCloseTo(1, 8);
    const across = (10 + tiny - 10) * Math.cos((dec * Math.PI) / 180);
    expect(angularSeparation(10, dec, 10 + tiny, dec) / across).toBeCloseTo(1, 6);
  }
});

test("agrees with the separation of Arcturus and Spica (Meeus, Astronomical Algorithms, example 17.a)", () => {
  expect(angularSeparation(213.9154, 19.1825, 201.2983, -11.1614)).toBeCloseTo(32.793, 4);
});
