import { angularSeparation } from "../angular-separation.ts";
import type { Positions } from "../crossmatch.ts";
import { at } from "../star-catalogue.ts";
import { hammer, type Point, type Projection, stereographic } from "./projection.ts";

const RADIANS = Math.PI / 180;
/** Beyond this distance of a position from the middle (degrees) a map of the whole sky serves better than a field. */
const WIDEST_FIELD = 50;
/** Half the height of the smallest field, degrees: a single position with a tiny radius still gets some surroundings. */
const SMALLEST_FIELD = 0.02;

export interface Frame {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Which part of the sky a chart shows, and where on the page each place comes to lie. */
export interface View {
  readonly kind: "field" | "all-sky";
  readonly frame: Frame;
  readonly projection: Projection;
  /** Middle of the map, degrees. */
  readonly centre: { readonly ra: number; readonly dec: number };
  /** From the middle to the farthest corner, degrees. */
  readonly reach: number;
  /** At the middle. */
  readonly pixelsPerDegree: number;
  /** Whether a field has a celestial pole in it. */
  readonly hasPole: boolean;
  /** Pixels; undefined where the map does not reach. */
  pixel(ra: number, dec: number): Point | undefined;
  /** Degrees; undefined outside the sky. */
  sky(x: number, y: number): Point | undefined;
  /** Whether a point of the page lies on the map. */
  contains(point: Point): boolean;
}

export const FIELD_FRAME: Frame = { x: 128, y: 100, width: 1028, height: 592 };
export const ALL_SKY_FRAME: Frame = { x: 44, y: 116, width: 1112, height: 556 };

/** A view of all positions, with room for the circles around them. */
export function chooseView(positions: Positions, radius: number): View {
  const middle = meanDirection(positions);
  if (middle === undefined || farthest(positions, middle) + radius > WIDEST_FIELD) return allSky();

  // The mean leans to where positions are dense: move to the middle of what they span, then fit.
  const rough = stereographic(middle.ra, middle.dec);
  const box = bounds(positions, rough);
  const [ra, dec] = rough.unproject((box.left + box.right) / 2, (box.bottom + box.top) / 2) ?? [middle.ra, middle.dec];
  const projection = stereographic(ra, dec);
  const fitted = bounds(positions, projection);
  const margin = 1.25 * radius * RADIANS;
  const halfWidth = Math.max(-fitted.left, fitted.right) * 1.08 + margin;
  const halfHeight = Math.max(-fitted.bottom, fitted.top) * 1.08 + margin;
  const { width, height } = FIELD_FRAME;
  const scale = Math.min(width / 2 / halfWidth, height / 2 / Math.max(halfHeight, SMALLEST_FIELD * RADIANS));
  return view("field", FIELD_FRAME, projection, { ra, dec }, scale);
}

function allSky(): View {
  return view("all-sky", ALL_SKY_FRAME, hammer(), { ra: 180, dec: 0 }, ALL_SKY_FRAME.width / (4 * Math.SQRT2));
}

function view(kind: View["kind"], frame: Frame, projection: Projection, centre: View["centre"], scale: number): View {
  const [middleX, middleY] = [frame.x + frame.width / 2, frame.y + frame.height / 2];
  const corner = projection.unproject(frame.width / 2 / scale, frame.height / 2 / scale);
  const pixel = (ra: number, dec: number): Point | undefined => {
    const point = projection.project(ra, dec);
    return point && [middleX + point[0] * scale, middleY - point[1] * scale];
  };
  const contains = ([x, y]: Point): boolean =>
    kind === "all-sky"
      ? ((x - middleX) / (frame.width / 2)) ** 2 + ((y - middleY) / (frame.height / 2)) ** 2 <= 1.000001
      : x >= frame.x && x <= frame.x + frame.width && y >= frame.y && y <= frame.y + frame.height;
  const pole = pixel(0, centre.dec > 0 ? 90 : -90);
  return {
    kind,
    frame,
    projection,
    centre,
    reach: kind === "field" && corner ? angularSeparation(centre.ra, centre.dec, corner[0], corner[1]) * 1.02 : 180,
    pixelsPerDegree: scale * RADIANS,
    hasPole: kind === "field" && pole !== undefined && contains(pole),
    pixel,
    sky: (x, y) => projection.unproject((x - middleX) / scale, (middleY - y) / scale),
    contains,
  };
}

function meanDirection({ ra, dec }: Positions): { ra: number; dec: number } | undefined {
  let [x, y, z] = [0, 0, 0];
  for (let row = 0; row < ra.length; row++) {
    const [a, d] = [at(ra, row) * RADIANS, at(dec, row) * RADIANS];
    x += Math.cos(d) * Math.cos(a);
    y += Math.cos(d) * Math.sin(a);
    z += Math.sin(d);
  }
  const length = Math.hypot(x, y, z);
  // Positions all around have no middle.
  if (length < 1e-6 * Math.max(1, ra.length)) return undefined;
  return { ra: (((Math.atan2(y, x) / RADIANS) % 360) + 360) % 360, dec: Math.asin(z / length) / RADIANS };
}

function farthest({ ra, dec }: Positions, from: { ra: number; dec: number }): number {
  let most = 0;
  for (let row = 0; row < ra.length; row++)
    most = Math.max(most, angularSeparation(from.ra, from.dec, at(ra, row), at(dec, row)));
  return most;
}

function bounds({ ra, dec }: Positions, projection: Projection) {
  const box = {
    left: Number.POSITIVE_INFINITY,
    right: Number.NEGATIVE_INFINITY,
    bottom: Number.POSITIVE_INFINITY,
    top: Number.NEGATIVE_INFINITY,
  };
  for (let row = 0; row < ra.length; row++) {
    const [x, y] = projection.project(at(ra, row), at(dec, row)) ?? [0, 0];
    box.left = Math.min(box.left, x);
    box.right = Math.max(box.right, x);
    box.bottom = Math.min(box.bottom, y);
    box.top = Math.max(box.top, y);
  }
  return box;
}
