import type { SpatialIndex } from "../spatial-index.ts";
import { at, celestialData } from "../star-catalogue.ts";
import { xmlText } from "../xml-text.ts";
import type { LabelPlacement } from "./label-placement.ts";
import { starColour } from "./star-appearance.ts";
import { dot, px } from "./svg-path.ts";
import type { View } from "./view.ts";

const MOST_NAMED_STARS = 24;

/** Stars that were not matched, dim, one path per size: half the bytes of a circle each. */
export function drawOtherStars(
  view: View,
  { catalogue }: SpatialIndex,
  stars: readonly number[],
  size: (vmag: number) => number,
): string {
  const bySize = new Map<number, string[]>();
  for (const star of stars) {
    const point = view.pixel(at(catalogue.ra, star), at(catalogue.dec, star));
    if (!point || !view.contains(point)) continue;
    const diameter = Math.max(1, Math.round(size(at(catalogue.vmag, star)) * 4) / 2);
    const dots = bySize.get(diameter);
    if (dots) dots.push(dot(point));
    else bySize.set(diameter, [dot(point)]);
  }
  const paths = [...bySize].map(([diameter, dots]) => `<path d="${dots.join("")}" stroke-width="${diameter}"/>`);
  return `<g fill="none" stroke="#c9d4ff" stroke-opacity="0.5" stroke-linecap="round">${paths.join("")}</g>`;
}

export function drawMatchedStars(
  view: View,
  { catalogue }: SpatialIndex,
  stars: readonly number[],
  size: (vmag: number) => number,
): string {
  const least = view.kind === "all-sky" ? (stars.length > 1000 ? 1 : 1.6) : 1.6;
  const circles = stars.map((star) => {
    const point = view.pixel(at(catalogue.ra, star), at(catalogue.dec, star));
    if (!point || !view.contains(point)) return "";
    const radius = Math.max(least, size(at(catalogue.vmag, star)));
    return `<circle cx="${px(point[0])}" cy="${px(point[1])}" r="${px(radius)}" fill="${starColour(at(catalogue.bv, star))}"/>`;
  });
  return `<g stroke="#0a1029" stroke-width="0.5">${circles.join("")}</g>`;
}

interface StarName {
  readonly name: string;
  readonly bayer?: string;
  readonly flam?: string;
  readonly c?: string;
}

/** Names of the brightest matched stars: proper name, or Bayer letter or Flamsteed number with the constellation, or HIP number. */
export async function drawStarNames(
  view: View,
  { catalogue }: SpatialIndex,
  stars: readonly number[],
  size: (vmag: number) => number,
  labels: LabelPlacement,
): Promise<string> {
  if (view.kind === "all-sky" || stars.length === 0) return "";
  const names = (await Bun.file(celestialData("starnames.json")).json()) as Record<string, StarName>;
  const places = stars.slice(0, 400).flatMap((star) => {
    const point = view.pixel(at(catalogue.ra, star), at(catalogue.dec, star));
    return point && view.contains(point) ? [{ star, point, radius: size(at(catalogue.vmag, star)) }] : [];
  });
  for (const { point, radius } of places) labels.occupy(point[0], point[1], radius);
  const texts = places.slice(0, MOST_NAMED_STARS).map(({ star, point, radius }) => {
    const hip = at(catalogue.hip, star);
    const known = names[hip];
    const letter = known?.bayer || known?.flam;
    const text = known?.name || (letter && known?.c ? `${letter} ${known.c}` : places.length <= 12 ? `HIP ${hip}` : "");
    const place = text === "" ? undefined : labels.place(text, point[0], point[1], radius + 4, 12);
    return place
      ? `<text x="${px(place.x)}" y="${px(place.y)}" text-anchor="${place.anchor}">${xmlText(text)}</text>`
      : "";
  });
  return `<g font-size="12" fill="#dbe4ff">${texts.join("")}</g>`;
}
