import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { angularSeparation } from "./angular-separation.ts";
import { buildSpatialIndex, loadSpatialIndex, type Neighbour } from "./spatial-index.ts";
import { at, catalogueOf, loadCatalogue, type StarCatalogue } from "./star-catalogue.ts";

function star(ra: number, dec: number, hip = 0) {
  return { hip, ra, dec, vmag: 5, bv: 0 };
}

/** Every star measured, nothing left out. */
function bruteForce(catalogue: StarCatalogue, ra: number, dec: number, radius: number): Neighbour[] {
  const found: Neighbour[] = [];
  for (let star = 0; star < catalogue.count; star++) {
    const separation = angularSeparation(ra, dec, at(catalogue.ra, star), at(catalogue.dec, star));
    if (separation <= radius) found.push({ star, separation });
  }
  return found.sort((a, b) => a.separation - b.separation || a.star - b.star);
}

describe("within", () => {
  test("finds stars on the other side of RA 0h, and each once", () => {
    const index = buildSpatialIndex(catalogueOf([star(359.9, 0), star(0.1, 0), star(0, 0), star(180, 0)]));
    for (const ra of [0, 359.95, 0.05]) {
      const stars = index.within(ra, 0, 0.5).map((neighbour) => neighbour.star);
      expect(stars.toSorted()).toEqual([0, 1, 2]);
    }
  });

  test("finds stars over the pole", () => {
    const index = buildSpatialIndex(catalogueOf([star(10, 89.5), star(190, 89.5), star(100, -89.9)]));
    expect(index.within(10, 89.9, 1).map((neighbour) => neighbour.star)).toEqual([0, 1]);
    expect(index.within(0, -90, 0.2).map((neighbour) => neighbour.star)).toEqual([2]);
  });

  test("counts a star on the rim, and gives the nearest first", () => {
    const index = buildSpatialIndex(catalogueOf([star(0, 1), star(0, 0.5), star(0, 0)]));
    const rim = angularSeparation(0, 0, 0, 1);
    expect(index.within(0, 0, rim).map((neighbour) => neighbour.star)).toEqual([2, 1, 0]);
  });

  test("at 180° finds the whole catalogue", async () => {
    const index = await loadSpatialIndex();
    expect(index.within(123, 45, 180)).toHaveLength(118_216);
  });

  test("agrees with brute force over the catalogue, poles and 0h included, whatever the radius", async () => {
    const catalogue = await loadCatalogue();
    const index = await loadSpatialIndex();
    for (const [ra, dec, radius] of [
      [0, 90, 2],
      [0, -90, 2],
      [217, 89.99, 0.5],
      [0, 0, 3],
      [359.9999, -60, 5],
      [180, 45, 45],
      [83, -5, 90],
      [270, 30, 120],
      [12.3, -85, 5.0000001],
    ] as const) {
      expect(index.within(ra, dec, radius)).toEqual(bruteForce(catalogue, ra, dec, radius));
    }
  });

  test("agrees with brute force for any stars and any circle", () => {
    const ra = fc.oneof(
      fc.constantFrom(0, 1e-12, 180, 359.9999999),
      fc.double({ min: 0, max: 360, maxExcluded: true, noNaN: true }),
    );
    const dec = fc.oneof(
      fc.constantFrom(-90, -89.9999999, 0, 89.9999999, 90),
      fc.double({ min: -90, max: 90, noNaN: true }),
    );
    const radius = fc.oneof(fc.constantFrom(0, 1e-9, 90, 180), fc.double({ min: 0, max: 180, noNaN: true }));
    fc.assert(
      fc.property(fc.array(fc.tuple(ra, dec), { maxLength: 60 }), ra, dec, radius, (places, centreRa, centreDec, r) => {
        const catalogue = catalogueOf(places.map(([a, d]) => star(a, d)));
        const index = buildSpatialIndex(catalogue);
        expect(index.within(centreRa, centreDec, r)).toEqual(bruteForce(catalogue, centreRa, centreDec, r));
        // The rim of a circle through a star is where rounding would show.
        const first =
          catalogue.count > 0 ? angularSeparation(centreRa, centreDec, at(catalogue.ra, 0), at(catalogue.dec, 0)) : 0;
        expect(index.within(centreRa, centreDec, first)).toEqual(bruteForce(catalogue, centreRa, centreDec, first));
      }),
      { numRuns: 300 },
    );
  });
});
