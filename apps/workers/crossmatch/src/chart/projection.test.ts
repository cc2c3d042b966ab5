import { expect, test } from "bun:test";
import { angularSeparation } from "../angular-separation.ts";
import { hammer, stereographic } from "./projection.ts";

test("both projections bring every place back", () => {
  for (const projection of [hammer(), stereographic(359, 80), stereographic(10, -90), stereographic(123, 4)]) {
    for (let ra = 0; ra < 360; ra += 17) {
      for (let dec = -88; dec <= 88; dec += 11) {
        const point = projection.project(ra, dec);
        if (!point) continue;
        const [backRa, backDec] = projection.unproject(...point) ?? [Number.NaN, Number.NaN];
        expect(angularSeparation(ra, dec, backRa, backDec)).toBeLessThan(1e-6);
      }
    }
  }
});

test("east is left and north is up", () => {
  for (const projection of [hammer(), stereographic(180, 0)]) {
    expect(projection.project(181, 0)?.[0]).toBeLessThan(0);
    expect(projection.project(180, 1)?.[1]).toBeGreaterThan(0);
  }
});

test("the whole sky fills the ellipse: 24h on its left end, 0h on its right", () => {
  expect(hammer().project(360, 0)?.[0]).toBeCloseTo(-2 * Math.SQRT2, 6);
  expect(hammer().project(0, 0)?.[0]).toBeCloseTo(2 * Math.SQRT2, 6);
  expect(hammer().unproject(2.9, 0)).toBeUndefined();
});
