import type { Point } from "./projection.ts";

interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface PlacedLabel {
  readonly x: number;
  readonly y: number;
  readonly anchor: "start" | "end" | "middle";
}

/** Puts texts beside their symbols where they cover nothing that was put before; who comes first has the better place. */
export class LabelPlacement {
  readonly #taken: Rectangle[] = [];
  readonly #contains: (point: Point) => boolean;

  /** `contains`: whether a point lies on the map, where labels have to stay. */
  constructor(contains: (point: Point) => boolean) {
    this.#contains = contains;
  }

  /** Keeps labels off a symbol. */
  occupy(x: number, y: number, radius: number): void {
    this.#taken.push({ left: x - radius, top: y - radius, right: x + radius, bottom: y + radius });
  }

  /** A place for the text, or undefined if there is none: no label is better than two on top of each other. */
  place(text: string, x: number, y: number, gap: number, size: number): PlacedLabel | undefined {
    // A sans-serif letter is a little over half as wide as it is high.
    const width = text.length * size * 0.58;
    const candidates: readonly (PlacedLabel & { left: number })[] = [
      { x: x + gap, y: y + size * 0.35, anchor: "start", left: x + gap },
      { x: x - gap, y: y + size * 0.35, anchor: "end", left: x - gap - width },
      { x, y: y - gap - size * 0.1, anchor: "middle", left: x - width / 2 },
      { x, y: y + gap + size * 0.8, anchor: "middle", left: x - width / 2 },
    ];
    for (const { left, ...label } of candidates) {
      const box = { left, right: left + width, top: label.y - size * 0.85, bottom: label.y + size * 0.25 };
      if (!this.#holds(box) || this.#taken.some((other) => overlap(box, other))) continue;
      this.#taken.push(box);
      return label;
    }
    return undefined;
  }

  #holds({ left, top, right, bottom }: Rectangle): boolean {
    const corners = [
      [left, top],
      [right, top],
      [left, bottom],
      [right, bottom],
    ] as const;
    return corners.every((corner) => this.#contains(corner));
  }
}

function overlap(a: Rectangle, b: Rectangle): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
