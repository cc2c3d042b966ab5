import type { Matches } from "../crossmatch.ts";
import type { SpatialIndex } from "../spatial-index.ts";
import { at } from "../star-catalogue.ts";
import type { Table } from "../table.ts";
import type { View } from "./view.ts";

/** No chart holds more symbols than these, so that it opens in a browser whatever the table: about 1 MB. */
const MOST_POSITIONS = 20_000;
const MOST_MATCHED_STARS = 5_000;
const MOST_OTHER_STARS = 2_500;

/** Faintest star of the background of the all-sky map, and pixels per magnitude. */
const ALL_SKY = { faintest: 5.2, perMagnitude: 0.42 };

export interface ChosenRows {
  readonly matched: readonly number[];
  readonly unmatched: readonly number[];
  /** How many positions stand for how many. */
  readonly total: number;
  readonly drawn: number;
}

/** Every n-th position if there are too many. */
export function chooseRows(table: Table, matches: Matches): ChosenRows {
  const withStar = new Uint8Array(table.rows.length);
  for (const row of matches.row) withStar[row] = 1;
  const stride = Math.max(1, Math.ceil(table.rows.length / MOST_POSITIONS));
  const matched: number[] = [];
  const unmatched: number[] = [];
  for (let row = 0; row < table.rows.length; row += stride) (withStar[row] === 1 ? matched : unmatched).push(row);
  return { matched, unmatched, total: table.rows.length, drawn: matched.length + unmatched.length };
}

export interface ChosenStars {
  /** Brightest first. */
  readonly matched: readonly number[];
  readonly others: readonly number[];
  readonly matchedTotal: number;
  readonly faintest: number;
  readonly perMagnitude: number;
}

export function chooseStars(view: View, { catalogue, within }: SpatialIndex, matches: Matches): ChosenStars {
  const brightness = (a: number, b: number) => at(catalogue.vmag, a) - at(catalogue.vmag, b);
  const matchedSet = new Set(matches.star);
  const matched = [...matchedSet].sort(brightness).slice(0, MOST_MATCHED_STARS);
  const nearby =
    view.kind === "field"
      ? within(view.centre.ra, view.centre.dec, view.reach).map((neighbour) => neighbour.star)
      : [...catalogue.vmag.keys()].filter((star) => at(catalogue.vmag, star) <= ALL_SKY.faintest);
  const others = nearby
    .filter((star) => !matchedSet.has(star))
    .sort(brightness)
    .slice(0, MOST_OTHER_STARS);
  const common = { matched, others, matchedTotal: matchedSet.size };
  if (view.kind === "all-sky") return { ...common, ...ALL_SKY };
  const magnitudes = [...matched, ...others].map((star) => at(catalogue.vmag, star));
  const faintest = Math.min(
    13,
    Math.max(7, ...(magnitudes.length > 0 ? [magnitudes.reduce((a, b) => Math.max(a, b))] : [])),
  );
  return { ...common, faintest, perMagnitude: nearby.length > 600 ? 0.55 : 0.8 };
}
