import type { Matches } from "../crossmatch.ts";
import { Pacer } from "../pacer.ts";
import type { SpatialIndex } from "../spatial-index.ts";
import type { Table } from "../table.ts";
import { xmlText } from "../xml-text.ts";
import { type ChosenRows, type ChosenStars, chooseRows, chooseStars } from "./contents.ts";
import { drawConstellations, drawGraticule, drawTicks } from "./grid-layer.ts";
import { LabelPlacement } from "./label-placement.ts";
import { drawLegend, type LegendEntry } from "./legend.ts";
import { circlesVisible, drawCircles, drawPositionNames, drawPositions, positionSize } from "./position-layer.ts";
import { starRadius } from "./star-appearance.ts";
import { drawMatchedStars, drawOtherStars, drawStarNames } from "./star-layer.ts";
import { chooseView, type View } from "./view.ts";
import { count, formatAngle, plural } from "./wording.ts";

export interface ChartInput {
  readonly table: Table;
  readonly index: SpatialIndex;
  readonly matches: Matches;
  /** Degrees. */
  readonly radius: number;
  readonly title?: string;
  readonly signal?: AbortSignal;
}

const WIDTH = 1200;
const HEIGHT = 830;

/** Draws the field of the uploaded positions and the stars found, as SVG: north up, east to the left. */
export async function drawChart(input: ChartInput): Promise<string> {
  const { table, index, matches, radius } = input;
  const pacer = new Pacer(input.signal);
  const view = chooseView(table, radius);
  await pacer.breathe();
  const stars = chooseStars(view, index, matches);
  await pacer.breathe();
  const rows = chooseRows(table, matches);
  const size = (vmag: number) => starRadius(vmag, stars.faintest, stars.perMagnitude);
  const labels = new LabelPlacement(view.contains);

  const positions = drawPositions(view, table, rows);
  const matchedStars = drawMatchedStars(view, index, stars.matched, size);
  const sky = [
    drawGraticule(view),
    await drawConstellations(view),
    drawOtherStars(view, index, stars.others, size),
    drawCircles(view, table, rows, radius),
    // A ring must show around the star on which it lies; a mere dot must not hide that star.
    ...(positionSize(rows.total) > 0 ? [matchedStars, positions] : [positions, matchedStars]),
    drawPositionNames(view, table, rows, labels),
    await drawStarNames(view, index, stars.matched, size, labels),
  ];
  const shape = view.kind === "field" ? rectangle(view) : ellipse(view);
  const title = input.title ?? "Cross-match with the Hipparcos catalogue";
  const summary = summarise(table, matches, radius);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-labelledby="title summary" font-family="Inter, 'Helvetica Neue', Helvetica, Arial, 'DejaVu Sans', sans-serif">
<title id="title">${xmlText(title)}</title>
<desc id="summary">${xmlText(summary)}</desc>
<defs>
<radialGradient id="night" cx="50%" cy="42%" r="75%"><stop offset="0" stop-color="#182450"/><stop offset="1" stop-color="#0a1029"/></radialGradient>
<clipPath id="frame">${shape}/></clipPath>
</defs>
<rect width="${WIDTH}" height="${HEIGHT}" rx="10" fill="#fbfaf7"/>
<text x="44" y="46" font-size="25" font-weight="600" fill="#141a33">${xmlText(title)}</text>
<text x="44" y="71" font-size="14.5" fill="#566079">${xmlText(summary)}</text>
${shape} fill="url(#night)"/>
<g clip-path="url(#frame)">
${sky.filter((part) => part !== "").join("\n")}
</g>
${shape} fill="none" stroke="#2c3967" stroke-width="1.5"/>
${drawTicks(view)}
${drawLegend(legendEntries(rows, view, radius), {
  magnitudes: view.kind === "field" ? fieldMagnitudes(stars.faintest) : [0, 2, 4, 6],
  size,
  width: WIDTH,
})}
${drawNote(rows, table, stars, matches)}
</svg>
`;
}

/** "110 positions, 96 with a star within 30′; 141 matches" */
function summarise(table: Table, matches: Matches, radius: number): string {
  const bad =
    table.badRowCount === 0 ? "" : ` · ${count(table.badRowCount)} ${plural(table.badRowCount, "row")} unusable`;
  return `${count(table.rows.length)} ${plural(table.rows.length, "position")} · radius ${formatAngle(radius)} · ${count(matches.rowsMatched)} with a star · ${count(matches.count)} ${plural(matches.count, "match", "matches")}${bad}`;
}

function legendEntries(rows: ChosenRows, view: View, radius: number): LegendEntry[] {
  const size = positionSize(rows.total);
  const entries: LegendEntry[] = [
    { symbol: size > 0 ? "ring" : "matched-dot", text: "position with a star" },
    { symbol: size > 0 ? "cross" : "unmatched-dot", text: "position without" },
  ];
  if (circlesVisible(view, rows.total, radius))
    entries.push({ symbol: "circle", text: `searched, ${formatAngle(radius)}` });
  entries.push({ symbol: "star", text: "matched star" }, { symbol: "other-star", text: "other star" });
  return entries;
}

/** Every second magnitude down to the faintest. */
function fieldMagnitudes(faintest: number): number[] {
  const last = Math.floor(faintest / 2) * 2;
  return [last - 8, last - 6, last - 4, last - 2, last];
}

function drawNote(rows: ChosenRows, table: Table, stars: ChosenStars, matches: Matches): string {
  const notes = [
    ...(rows.drawn < rows.total ? [`${count(rows.drawn)} of ${count(table.rows.length)} positions drawn`] : []),
    ...(stars.matched.length < stars.matchedTotal
      ? [`the brightest ${count(stars.matched.length)} of ${count(stars.matchedTotal)} matched stars drawn`]
      : []),
    ...(matches.overflow ? ["result cut at the limit of matches"] : []),
  ];
  return notes.length === 0
    ? ""
    : `<text x="${WIDTH - 36}" y="71" text-anchor="end" font-size="12.5" fill="#8a5a00">${xmlText(notes.join(" · "))}</text>`;
}

function rectangle({ frame }: View): string {
  return `<rect x="${frame.x}" y="${frame.y}" width="${frame.width}" height="${frame.height}"`;
}

function ellipse({ frame }: View): string {
  return `<ellipse cx="${frame.x + frame.width / 2}" cy="${frame.y + frame.height / 2}" rx="${frame.width / 2}" ry="${frame.height / 2}"`;
}
