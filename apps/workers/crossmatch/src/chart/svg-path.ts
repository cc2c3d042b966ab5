import type { Point } from "./projection.ts";

export function polyline(points: readonly Point[]): string {
  return points.map(([x, y], index) => `${index === 0 ? "M" : "L"}${px(x)} ${px(y)}`).join("");
}

/** A line of no length: with round ends it is a dot as wide as the stroke. */
export function dot([x, y]: Point): string {
  return `M${px(x)} ${px(y)}h0`;
}

export function cross(x: number, y: number, half: number): string {
  return `M${px(x - half)} ${px(y - half)}l${px(2 * half)} ${px(2 * half)}M${px(x - half)} ${px(y + half)}l${px(2 * half)} ${px(-2 * half)}`;
}

/** A tenth of a pixel is finer than anyone sees. */
export function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}
