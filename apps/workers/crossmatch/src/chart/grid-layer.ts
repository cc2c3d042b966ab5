import { celestialData, rightAscension } from "../star-catalogue.ts";
import { xmlText } from "../xml-text.ts";
import { graticule, type Tick } from "./graticule.ts";
import type { Point } from "./projection.ts";
import { polyline, px } from "./svg-path.ts";
import type { View } from "./view.ts";

export function drawGraticule(view: View): string {
  const paths = graticule(view)
    .lines.map((points) => polyline(points))
    .join("");
  return `<path d="${paths}" fill="none" stroke="#7d92d6" stroke-opacity="0.28" stroke-width="1"/>`;
}

export function drawTicks(view: View): string {
  const outside = (tick: Tick): string => {
    const [x, y] = tick.point;
    const places = {
      left: `x="${px(x - 8)}" y="${px(y + 4.5)}" text-anchor="end"`,
      right: `x="${px(x + 8)}" y="${px(y + 4.5)}" text-anchor="start"`,
      top: `x="${px(x)}" y="${px(y - 7)}" text-anchor="middle"`,
      bottom: `x="${px(x)}" y="${px(y + 19)}" text-anchor="middle"`,
      inside: `x="${px(x + 4)}" y="${px(y - 4)}" text-anchor="start" fill="#9fb0e6" font-size="11"`,
    };
    return `<text ${places[tick.side]}>${xmlText(tick.text)}</text>`;
  };
  const texts = graticule(view).ticks.map(outside).join("");
  const { x, y, width, height } = view.frame;
  const middle = x + width / 2;
  const axes =
    view.kind === "all-sky"
      ? `<text x="${middle}" y="${y + height + 40}" text-anchor="middle">Right ascension and declination (ICRS), Hammer projection of the whole sky</text>`
      : view.hasPole
        ? `<text x="${middle}" y="${y + height + 41}" text-anchor="middle">Right ascension and declination (ICRS) around the ${view.centre.dec > 0 ? "north" : "south"} celestial pole</text>`
        : `<text x="${middle}" y="${y + height + 41}" text-anchor="middle">Right ascension (ICRS)</text><text transform="translate(28 ${y + height / 2}) rotate(-90)" text-anchor="middle">Declination (ICRS)</text>`;
  return `<g font-size="12.5" fill="#3d4763">${texts}${axes}</g>`;
}

interface LinesFeature {
  readonly geometry: { readonly coordinates: readonly (readonly Point[])[] };
}

/** Constellation figures help to find one's way on a wide map; on a narrow one they are stray lines. */
export async function drawConstellations(view: View): Promise<string> {
  if (view.kind === "field" && view.reach < 6) return "";
  const { features } = (await Bun.file(celestialData("constellations.lines.json")).json()) as {
    features: LinesFeature[];
  };
  const segments: string[] = [];
  for (const figure of features.flatMap((feature) => feature.geometry.coordinates)) {
    for (let index = 1; index < figure.length; index++) {
      const [from, to] = [figure[index - 1], figure[index]];
      const [a, b] = [from && view.pixel(...skyPoint(from)), to && view.pixel(...skyPoint(to))];
      // Not across the whole map from one edge to the other.
      if (a && b && Math.abs(a[0] - b[0]) < view.frame.width / 3 && (view.contains(a) || view.contains(b)))
        segments.push(polyline([a, b]));
    }
  }
  return `<path d="${segments.join("")}" fill="none" stroke="#8fb0ff" stroke-opacity="0.22" stroke-width="1.2"/>`;
}

function skyPoint([longitude, dec]: Point): Point {
  return [rightAscension(longitude), dec];
}
