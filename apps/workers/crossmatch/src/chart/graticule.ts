import type { Point } from "./projection.ts";
import type { View } from "./view.ts";

/** Steps of a grid in degrees: of declination down to 1″, of right ascension down to 0.1 s. */
const DEC_STEPS = [
  30,
  20,
  10,
  5,
  2,
  1,
  30 / 60,
  20 / 60,
  10 / 60,
  5 / 60,
  2 / 60,
  1 / 60,
  30 / 3600,
  20 / 3600,
  10 / 3600,
  5 / 3600,
  2 / 3600,
  1 / 3600,
];
const RA_STEPS = [
  6,
  3,
  2,
  1,
  30 / 60,
  20 / 60,
  10 / 60,
  5 / 60,
  2 / 60,
  1 / 60,
  30 / 3600,
  20 / 3600,
  10 / 3600,
  5 / 3600,
  2 / 3600,
  1 / 3600,
  0.5 / 3600,
  0.2 / 3600,
  0.1 / 3600,
].map((hours) => hours * 15);

/** Points per line: enough for a smooth ellipse. */
const SAMPLES = 120;

export interface Tick {
  readonly point: Point;
  readonly text: string;
  readonly side: "left" | "right" | "top" | "bottom" | "inside";
}

export interface Graticule {
  /** Each a line of right ascension or declination, in pixels. */
  readonly lines: readonly (readonly Point[])[];
  readonly ticks: readonly Tick[];
}

/** The net of right ascension and declination, with the texts that name its lines. */
export function graticule(view: View): Graticule {
  return view.kind === "all-sky" ? allSkyGraticule(view) : fieldGraticule(view);
}

function allSkyGraticule(view: View): Graticule {
  const lines: Point[][] = [];
  const ticks: Tick[] = [];
  for (let ra = 0; ra <= 360; ra += 30) {
    lines.push(line(view, (t) => [ra, -90 + 180 * t]));
    const point = view.pixel(ra, 0);
    if (!point) continue;
    const side = ra === 0 ? "right" : ra === 360 ? "left" : "inside";
    ticks.push({ point, text: `${ra / 15}h`, side });
  }
  for (let dec = -75; dec <= 75; dec += 15) {
    lines.push(line(view, (t) => [360 * t, dec]));
    // The equator's ends carry 24h and 0h.
    const point = dec === 0 ? undefined : view.pixel(360, dec);
    if (point && dec % 30 === 0) ticks.push({ point, text: formatDec(dec, 15), side: "left" });
  }
  return { lines, ticks };
}

function fieldGraticule(view: View): Graticule {
  const extent = extentOf(view);
  const decStep = stepFor(DEC_STEPS, extent.decMax - extent.decMin, 6);
  const raStep = view.hasPole ? 30 : stepFor(RA_STEPS, extent.raMax - extent.raMin, 7);
  const lines: Point[][] = [];
  const ticks: Tick[] = [];
  const decLimit = view.hasPole ? 90 - decStep / 4 : 90;

  for (const ra of multiples(raStep, extent.raMin, extent.raMax, view.hasPole)) {
    const span = { from: Math.max(extent.decMin, -decLimit), to: Math.min(extent.decMax, decLimit) };
    const points = line(view, (t) => [ra, span.from + (span.to - span.from) * t]);
    lines.push(points);
    const text = formatRa(((ra % 360) + 360) % 360, raStep);
    const sides = view.hasPole ? (["bottom", "top", "left", "right"] as const) : (["bottom"] as const);
    ticks.push(...sides.flatMap((side) => crossing(points, view, side, text)));
  }
  for (const dec of multiples(decStep, extent.decMin, extent.decMax, false)) {
    if (Math.abs(dec) >= 90) continue;
    const points = line(view, (t) => [extent.raMin + (extent.raMax - extent.raMin) * t, dec]);
    lines.push(points);
    if (!view.hasPole) ticks.push(...crossing(points, view, "left", formatDec(dec, decStep)));
    else {
      // Between two lines of right ascension, in the first direction in which the circle lies in the frame.
      const places = [105, 285, 195, 15].map((offset) =>
        view.pixel(Math.round(view.centre.ra / 30) * 30 + offset, dec),
      );
      const point = places.find((place) => place !== undefined && view.contains(place));
      if (point) ticks.push({ point, text: formatDec(dec, decStep), side: "inside" });
    }
  }
  return { lines, ticks };
}

/** What of right ascension (counted on from the middle, so that 0h may lie inside) and declination the frame's rim encloses. */
function extentOf(view: View) {
  const { frame, centre } = view;
  const extent = { raMin: centre.ra, raMax: centre.ra, decMin: centre.dec, decMax: centre.dec };
  for (let step = 0; step <= 400; step++) {
    const t = (step % 100) / 100;
    const side = Math.floor(step / 100) % 4;
    const [u, v] = (
      [
        [t, 0],
        [1, t],
        [1 - t, 1],
        [0, 1 - t],
      ] as const
    )[side] ?? [0, 0];
    const sky = view.sky(frame.x + u * frame.width, frame.y + v * frame.height);
    if (!sky) continue;
    const ra = centre.ra + ((((sky[0] - centre.ra + 180) % 360) + 360) % 360) - 180;
    extent.raMin = Math.min(extent.raMin, ra);
    extent.raMax = Math.max(extent.raMax, ra);
    extent.decMin = Math.min(extent.decMin, sky[1]);
    extent.decMax = Math.max(extent.decMax, sky[1]);
  }
  // A line that ends on the rim exactly might, by rounding, not cross it and have no label.
  const [raMargin, decMargin] = [(extent.raMax - extent.raMin) / 50, (extent.decMax - extent.decMin) / 50];
  extent.raMin -= raMargin;
  extent.raMax += raMargin;
  extent.decMin = Math.max(-90, extent.decMin - decMargin);
  extent.decMax = Math.min(90, extent.decMax + decMargin);
  if (view.hasPole) {
    [extent.raMin, extent.raMax] = [0, 360];
    if (centre.dec > 0) extent.decMax = 90;
    else extent.decMin = -90;
  }
  return extent;
}

function stepFor(steps: readonly number[], span: number, lines: number): number {
  return steps.find((step) => span / step >= lines - 2) ?? steps.at(-1) ?? span;
}

function multiples(step: number, from: number, to: number, circle: boolean): number[] {
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9) - (circle ? 1 : 0);
  return Array.from({ length: Math.max(0, Math.min(last - first + 1, 200)) }, (_, index) => (first + index) * step);
}

function line(view: View, place: (t: number) => Point): Point[] {
  return Array.from({ length: SAMPLES + 1 }, (_, index) => view.pixel(...place(index / SAMPLES))).filter(
    (point) => point !== undefined,
  );
}

/** Where a line passes the given side of the frame, if it does. */
function crossing(
  points: readonly Point[],
  view: View,
  side: "left" | "right" | "top" | "bottom",
  text: string,
): Tick[] {
  const { x, y, width, height } = view.frame;
  const axis = side === "left" || side === "right" ? 0 : 1;
  const edge = { left: x, right: x + width, top: y, bottom: y + height }[side];
  for (let index = 1; index < points.length; index++) {
    const [a, b] = [points[index - 1], points[index]];
    if (!a || !b || a[axis] === b[axis] || (a[axis] - edge) * (b[axis] - edge) > 0) continue;
    const t = (edge - a[axis]) / (b[axis] - a[axis]);
    const point: Point = [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t];
    const [along, low, high] = axis === 0 ? [point[1], y, y + height] : [point[0], x, x + width];
    if (along >= low && along <= high) return [{ point, text, side }];
  }
  return [];
}

/** "5h", "5h 34m", "5h 34m 30s": as fine as the step needs. */
export function formatRa(degrees: number, step: number): string {
  const tenths = Math.round((degrees / 15) * 36000) % 864000;
  const [h, m, s] = [Math.floor(tenths / 36000), Math.floor(tenths / 600) % 60, (tenths % 600) / 10];
  if (step >= 15 && m === 0) return `${h}h`;
  if (step >= 15 / 60) return `${h}h ${pad(m)}m`;
  const seconds = step >= 15 / 3600 ? pad(s) : s.toFixed(1).padStart(4, "0");
  return `${h}h ${pad(m)}m ${seconds}s`;
}

/** "+22°", "+22° 30′", "−0° 30′ 15″". */
export function formatDec(degrees: number, step: number): string {
  const seconds = Math.round(Math.abs(degrees) * 3600);
  const sign = seconds === 0 ? "" : degrees < 0 ? "−" : "+";
  const [d, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  if (step >= 1) return `${sign}${d}°`;
  if (step >= 1 / 60) return `${sign}${d}° ${pad(m)}′`;
  return `${sign}${d}° ${pad(m)}′ ${pad(s)}″`;
}

function pad(value: number): string {
  return String(value).padStart(2, "0");
}
