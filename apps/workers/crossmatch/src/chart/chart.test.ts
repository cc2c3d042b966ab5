import { describe, expect, test } from "bun:test";
import { crossmatch } from "../crossmatch.ts";
import { messierCsv } from "../messier.ts";
import { readTable } from "../read-table.ts";
import { loadSpatialIndex } from "../spatial-index.ts";
import { XmlScanner } from "../xml-scanner.ts";
import { drawChart } from "./chart.ts";
import { formatAngle } from "./wording.ts";

async function draw(text: string, radius: number): Promise<string> {
  const [table, index] = await Promise.all([readTable(text), loadSpatialIndex()]);
  return drawChart({ table, index, matches: await crossmatch(table, index, { radius }), radius });
}

/** Throws unless the chart is well-formed. */
function check(svg: string): string {
  const scanner = new XmlScanner({ open: () => undefined, close: () => undefined, text: () => undefined });
  scanner.push(svg);
  scanner.end();
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  return svg;
}

describe("the chart", () => {
  test("of the whole sky is an ellipse with the names of the positions", async () => {
    const svg = check(await draw(messierCsv(), 0.5));
    expect(svg).toContain("<ellipse");
    expect(svg).toContain(">M31</text>");
  });

  test("of a field is a frame with the names of the stars and the circle searched", async () => {
    const svg = check(await draw("name,ra,dec\nM45,56.75,24.117\n", 1));
    for (const name of ["Alcyone", "Atlas", "Maia", "Merope", "M45", "searched, 1°"])
      expect(svg).toContain(`>${name}</text>`);
    expect(svg).not.toContain("<ellipse");
  });

  test("is well-formed wherever the positions are, and however many", async () => {
    for (const [rows, radius] of [
      ["0,90", 0.1],
      ["0,-90\n180,-89.99", 5],
      ["0,0\n359.999,0", 0.001],
      ["10,10\n190,-10", 0.1],
      ["5,5\n5,5\n5,5", 1e-6],
      ["0,0\n40,30\n320,-30", 1],
    ] as const) {
      check(await draw(`ra,dec\n${rows}\n`, radius));
    }
  });

  test("stays small when the table is large, and says what it leaves out", async () => {
    const rows = Array.from({ length: 60_000 }, (_, row) => `${(row * 7.31) % 360},${((row * 3.17) % 178) - 89}`);
    const svg = check(await draw(`ra,dec\n${rows.join("\n")}\n`, 0.3));
    expect(svg).toContain("20,000 of 60,000 positions drawn");
    expect(svg.length).toBeLessThan(1_500_000);
  });

  test("escapes the names that the table brings", async () => {
    const svg = check(await draw('name,ra,dec\n"<script>&",56.75,24.117\n', 0.1));
    expect(svg).toContain("&lt;script&gt;&amp;");
    expect(svg).not.toContain("<script");
  });
});

test("an angle is written in the unit in which it is a handy number", () => {
  expect([2, 0.5, 0.1, 0.002].map(formatAngle)).toEqual(["2°", "30′", "6′", "7.2″"]);
});
