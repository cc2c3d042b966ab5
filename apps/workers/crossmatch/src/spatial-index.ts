import KDBush from "kdbush";
import { angularSeparation } from "./angular-separation.ts";
import { at, loadCatalogue, type StarCatalogue } from "./star-catalogue.ts";

const RADIANS = Math.PI / 180;
/** Widens every box (degrees, 4 µas): rounding may put a star that belongs to the circle outside the box around the circle. */
const MARGIN = 1e-9;

export interface Neighbour {
  /** Index into the catalogue. */
  readonly star: number;
  /** Degrees. */
  readonly separation: number;
}

/** Answers "which stars lie within this circle?" for any place on the sky and any radius from 0 to 180°. */
export interface SpatialIndex {
  readonly catalogue: StarCatalogue;
  /** The stars within `radius` degrees, the rim included, nearest first; of equal separations the lower index first. */
  within(ra: number, dec: number, radius: number): Neighbour[];
}

/**
 * A k-d tree over (RA, Dec) as plain numbers. The circle on the sphere becomes one or two boxes in that plane, and each star of the boxes
 * is then measured: the tree only has to leave out nothing.
 *
 * Not geokdbush: it prunes by a bound that is itself rounded, and orders by kilometres on an Earth.
 */
export function buildSpatialIndex(catalogue: StarCatalogue): SpatialIndex {
  const tree = new KDBush(catalogue.count, 32, Float64Array);
  for (let star = 0; star < catalogue.count; star++) tree.add(at(catalogue.ra, star), at(catalogue.dec, star));
  tree.finish();

  return {
    catalogue,
    within(ra, dec, radius) {
      const neighbours: Neighbour[] = [];
      for (const box of boxesAround(ra, dec, radius)) {
        for (const star of tree.range(box.raMin, box.decMin, box.raMax, box.decMax)) {
          const separation = angularSeparation(ra, dec, at(catalogue.ra, star), at(catalogue.dec, star));
          if (separation <= radius) neighbours.push({ star, separation });
        }
      }
      return neighbours.sort((a, b) => a.separation - b.separation || a.star - b.star);
    },
  };
}

export interface Box {
  readonly raMin: number;
  readonly raMax: number;
  readonly decMin: number;
  readonly decMax: number;
}

/** Boxes with RA in [0, 360] that together hold the circle, without overlap: no star is found twice. */
export function boxesAround(ra: number, dec: number, radius: number): Box[] {
  const decMin = dec - radius - MARGIN;
  const decMax = dec + radius + MARGIN;
  // A circle over a pole has every right ascension.
  if (decMin <= -90 || decMax >= 90) return [{ raMin: 0, raMax: 360, decMin, decMax }];

  // Half the range of RA of the circle: sin α = sin r / cos δ, in the form that stays accurate as α nears 90°
  // (Gray, Nieto-Santisteban & Szalay 2006, "The Zones Algorithm", MSR-TR-2006-52, section 4).
  const product = Math.cos((dec - radius) * RADIANS) * Math.cos((dec + radius) * RADIANS);
  const half = Math.atan2(Math.sin(radius * RADIANS), Math.sqrt(Math.max(product, 0))) / RADIANS + MARGIN;
  const west = ra - half;
  const east = ra + half;
  if (west < 0) {
    return [
      { raMin: 0, raMax: east, decMin, decMax },
      { raMin: west + 360, raMax: 360, decMin, decMax },
    ];
  }
  if (east > 360) {
    return [
      { raMin: 0, raMax: east - 360, decMin, decMax },
      { raMin: west, raMax: 360, decMin, decMax },
    ];
  }
  return [{ raMin: west, raMax: east, decMin, decMax }];
}

let loaded: Promise<SpatialIndex> | undefined;

/** The index of the Hipparcos catalogue, built once per process (about 0.3 s with reading the file). */
export function loadSpatialIndex(): Promise<SpatialIndex> {
  loaded ??= loadCatalogue().then(buildSpatialIndex);
  return loaded;
}
