/** Colours of stars by B−V, for drawing: black bodies of 30,000 to 2,500 K as the eye would see them, a little more saturated. */
const COLOURS: readonly (readonly [bv: number, red: number, green: number, blue: number])[] = [
  [-0.4, 150, 180, 255],
  [0, 190, 210, 255],
  [0.35, 240, 243, 255],
  [0.65, 255, 240, 215],
  [1, 255, 214, 160],
  [1.5, 255, 180, 110],
  [2, 255, 140, 80],
];

/** The colour of a star, as #rrggbb; white if its B−V is not known. */
export function starColour(bv: number): string {
  if (Number.isNaN(bv)) return "#ffffff";
  const upper = COLOURS.findIndex(([limit]) => bv <= limit);
  const above = COLOURS[upper < 0 ? COLOURS.length - 1 : upper];
  const below = COLOURS[upper < 0 ? COLOURS.length - 1 : Math.max(0, upper - 1)];
  if (!above || !below) return "#ffffff";
  const t = above === below ? 0 : (bv - below[0]) / (above[0] - below[0]);
  const channel = (index: 1 | 2 | 3) =>
    Math.round(below[index] + (above[index] - below[index]) * t)
      .toString(16)
      .padStart(2, "0");
  return `#${channel(1)}${channel(2)}${channel(3)}`;
}

/** The radius in pixels of a star's disk where the faintest drawn has magnitude `faintest`. */
export function starRadius(vmag: number, faintest: number, perMagnitude: number): number {
  return Math.min(12, Math.max(0.7, 0.8 + perMagnitude * (faintest - vmag)));
}
