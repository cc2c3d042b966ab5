import { expect, test } from "bun:test";
import { angularSeparation } from "./angular-separation.ts";
import { loadCatalogue, rightAscension } from "./star-catalogue.ts";

test("holds the 118,216 stars with right ascension from 0 to 360", async () => {
  const catalogue = await loadCatalogue();
  expect(catalogue.count).toBe(118_216);
  expect(new Set(catalogue.hip).size).toBe(118_216);
  expect(catalogue.ra.every((ra) => ra >= 0 && ra < 360)).toBe(true);
  expect(catalogue.dec.every((dec) => dec >= -90 && dec <= 90)).toBe(true);
  expect(catalogue.vmag.every(Number.isFinite)).toBe(true);
  expect(catalogue.bv.filter(Number.isNaN).length).toBe(1279);
});

test("has Sirius and Barnard's star where they were at epoch J2000.0", async () => {
  const catalogue = await loadCatalogue();
  // ICRS positions of SIMBAD. Barnard's star moves 10″ a year: at Hipparcos' own epoch, J1991.25, it was 90″ away.
  for (const [hip, ra, dec] of [
    [32349, 101.28715533, -16.71611586],
    [87937, 269.45208249, 4.69336497],
  ] as const) {
    const star = catalogue.hip.indexOf(hip);
    const separation = angularSeparation(ra, dec, catalogue.ra[star] ?? 0, catalogue.dec[star] ?? 0);
    expect(separation * 3600).toBeLessThan(1);
  }
});

test("turns a longitude into a right ascension of the same decimals", () => {
  expect(rightAscension(-179.9988)).toBe(180.0012);
  expect(rightAscension(12.3456)).toBe(12.3456);
  expect(rightAscension(0)).toBe(0);
});
