import { describe, expect, test } from "bun:test";
import { angularSeparation } from "./angular-separation.ts";
import { crossmatch } from "./crossmatch.ts";
import { deepSkyCsv } from "./deep-sky-objects.ts";
import { readTable } from "./read-table.ts";
import { loadSpatialIndex } from "./spatial-index.ts";
import { at, loadCatalogue } from "./star-catalogue.ts";

const PLEIADES = { ra: Float64Array.of(56.75, 200), dec: Float64Array.of(24.117, -89) };

test("agrees with all pairs, to the last bit, for the deep-sky objects at 0.1°", async () => {
  const [catalogue, index, table] = await Promise.all([
    loadCatalogue(),
    loadSpatialIndex(),
    readTable(await deepSkyCsv()),
  ]);
  expect(table.rows.length).toBe(15_807);
  expect(table.badRows).toEqual([
    { place: 15205, reason: "declination 255 is not between -90 and 90 degrees" },
    { place: 15206, reason: "declination 120 is not between -90 and 90 degrees" },
  ]);
  const radius = 0.1;
  const matches = await crossmatch(table, index, { radius });

  // Of 1.9 billion pairs only those can be as near as 0.1° whose declinations are: the others need no sines.
  const byDec = [...catalogue.dec.keys()].sort((a, b) => at(catalogue.dec, a) - at(catalogue.dec, b));
  const decs = Float64Array.from(byDec, (star) => at(catalogue.dec, star));
  const expected: [number, number, number][] = [];
  for (let row = 0; row < table.rows.length; row++) {
    const [ra, dec] = [at(table.ra, row), at(table.dec, row)];
    const found: [number, number, number][] = [];
    for (let place = firstAtLeast(decs, dec - 0.11); place < decs.length && at(decs, place) < dec + 0.11; place++) {
      const star = byDec[place] ?? 0;
      const separation = angularSeparation(ra, dec, at(catalogue.ra, star), at(catalogue.dec, star));
      if (separation <= radius) found.push([row, star, separation]);
    }
    expected.push(...found.sort((a, b) => a[2] - b[2] || a[1] - b[1]));
  }
  const actual = Array.from({ length: matches.count }, (_, i) => [
    at(matches.row, i),
    at(matches.star, i),
    at(matches.separation, i),
  ]);
  expect(actual).toEqual(expected);
  expect(matches.overflow).toBe(false);
  expect(matches.rowsMatched).toBe(new Set(matches.row).size);
});

/** Bisection. */
function firstAtLeast(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at(sorted, middle) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

describe("what is kept", () => {
  test("all stars, nearest first", async () => {
    const matches = await crossmatch(PLEIADES, await loadSpatialIndex(), { radius: 1 });
    expect(matches.separation.subarray(0, 26)).toEqual(matches.separation.slice(0, 26).sort());
    expect([...new Set(matches.row)]).toEqual([0, 1]);
  });

  test("only the nearest with find: best", async () => {
    const index = await loadSpatialIndex();
    const best = await crossmatch(PLEIADES, index, { radius: 1, find: "best" });
    expect([...best.row]).toEqual([0, 1]);
    const nearest = await crossmatch(PLEIADES, index, { radius: 1, maxMatches: 3 });
    expect([...nearest.row]).toEqual([0, 0, 0, 1, 1, 1]);
    expect(nearest.overflow).toBe(false);
  });

  test("no more than maxRec, and says so; exactly maxRec is no overflow", async () => {
    const index = await loadSpatialIndex();
    const { count } = await crossmatch(PLEIADES, index, { radius: 1 });
    expect(await crossmatch(PLEIADES, index, { radius: 1, maxRec: 5 })).toMatchObject({ count: 5, overflow: true });
    expect(await crossmatch(PLEIADES, index, { radius: 1, maxRec: count })).toMatchObject({ count, overflow: false });
  });
});

describe("while it works", () => {
  const many = { ra: new Float64Array(200_000).fill(56.75), dec: new Float64Array(200_000).fill(24.117) };

  test("it leaves the event loop to others and says how far it is", async () => {
    let turns = 0;
    const ticker = setInterval(() => turns++, 1);
    const done: number[] = [];
    await crossmatch(many, await loadSpatialIndex(), { radius: 0.1, onProgress: (rows) => done.push(rows) });
    clearInterval(ticker);
    expect(turns).toBeGreaterThan(3);
    expect(done).toEqual(done.toSorted((a, b) => a - b));
    expect(done.at(-1)).toBe(200_000);
  });

  test("it ends when the signal is aborted, with the signal's reason", async () => {
    const controller = new AbortController();
    const run = crossmatch(many, await loadSpatialIndex(), {
      radius: 0.1,
      signal: controller.signal,
      onProgress: () => controller.abort(new Error("cancelled")),
    });
    await expect(run).rejects.toThrow("cancelled");
  });
});
