import { at } from "../star-catalogue.ts";
import type { Table } from "../table.ts";
import { xmlText } from "../xml-text.ts";
import type { ChosenRows } from "./contents.ts";
import type { LabelPlacement } from "./label-placement.ts";
import type { Point } from "./projection.ts";
import { cross, dot, px } from "./svg-path.ts";
import type { View } from "./view.ts";

/** With more positions than these their names, and the circles searched, would cover each other. */
const MOST_NAMED_POSITIONS = 150;
const MOST_CIRCLES = 300;

const NAME_COLUMNS = ["name", "main_id", "id", "object", "target", "target_name", "designation", "source_id", "source"];

export function drawCircles(view: View, table: Table, rows: ChosenRows, radius: number): string {
  if (!circlesVisible(view, rows.total, radius)) return "";
  const circles = [...rows.matched, ...rows.unmatched].map((row) => {
    const [ra, dec] = [at(table.ra, row), at(table.dec, row)];
    // A circle of the sky is a circle of the stereographic map: its north and south ends make a diameter.
    const [north, south] = [view.pixel(ra, dec + radius), view.pixel(ra, dec - radius)];
    if (!north || !south) return "";
    const middle: Point = [(north[0] + south[0]) / 2, (north[1] + south[1]) / 2];
    return `<circle cx="${px(middle[0])}" cy="${px(middle[1])}" r="${px(Math.hypot(north[0] - south[0], north[1] - south[1]) / 2)}"/>`;
  });
  return `<g fill="#ffb43b" fill-opacity="0.05" stroke="#ffb43b" stroke-opacity="0.6" stroke-dasharray="5 4">${circles.join("")}</g>`;
}

/** Whether the circles searched are drawn: few enough, and larger than the symbols of the positions. */
export function circlesVisible(view: View, total: number, radius: number): boolean {
  return total <= MOST_CIRCLES && view.kind === "field" && radius * view.pixelsPerDegree >= 7;
}

/** Half the size of the symbol of a position. */
export function positionSize(total: number): number {
  return total <= 200 ? 5.5 : total <= 2000 ? 3.5 : 0;
}

export function drawPositions(view: View, table: Table, rows: ChosenRows): string {
  const place = (chosen: readonly number[]): Point[] =>
    chosen.map((row) => view.pixel(at(table.ra, row), at(table.dec, row))).filter((point) => point !== undefined);
  const size = positionSize(rows.total);
  if (size === 0) {
    return `<g fill="none" stroke-linecap="round" stroke-width="2"><path d="${place(rows.unmatched).map(dot).join("")}" stroke="#8494c4" stroke-opacity="0.75"/><path d="${place(rows.matched).map(dot).join("")}" stroke="#ffb43b" stroke-width="2.6"/></g>`;
  }
  const crosses = place(rows.unmatched).map(([x, y]) => cross(x, y, size * 0.75));
  const rings = place(rows.matched).map(([x, y]) => `<circle cx="${px(x)}" cy="${px(y)}" r="${size}"/>`);
  return `<path d="${crosses.join("")}" stroke="#9fb0e6" stroke-width="1.5" fill="none"/><g fill="none" stroke="#ffb43b" stroke-width="1.6">${rings.join("")}</g>`;
}

export function drawPositionNames(view: View, table: Table, rows: ChosenRows, labels: LabelPlacement): string {
  const column = NAME_COLUMNS.map((name) =>
    table.columns.findIndex((candidate) => candidate.name.toLowerCase() === name),
  ).find((found) => found >= 0);
  if (column === undefined || rows.total > MOST_NAMED_POSITIONS) return "";
  const size = view.kind === "field" ? 12 : 10;
  const places = [...rows.matched, ...rows.unmatched].flatMap((row) => {
    const point = view.pixel(at(table.ra, row), at(table.dec, row));
    return point ? [{ row, point }] : [];
  });
  for (const { point } of places) labels.occupy(point[0], point[1], positionSize(rows.total) + 1);
  const texts = places.map(({ row, point }) => {
    const name = shorten(table.rows.at(row)[column] ?? "");
    const place = name === "" ? undefined : labels.place(name, point[0], point[1], positionSize(rows.total) + 3, size);
    return place
      ? `<text x="${px(place.x)}" y="${px(place.y)}" text-anchor="${place.anchor}">${xmlText(name)}</text>`
      : "";
  });
  return `<g font-size="${size}" fill="#ffd48a">${texts.join("")}</g>`;
}

function shorten(text: string): string {
  return text.length > 24 ? `${text.slice(0, 23)}…` : text;
}
