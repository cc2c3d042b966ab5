import { Pacer } from "./pacer.ts";
import type { SpatialIndex } from "./spatial-index.ts";
import { at } from "./star-catalogue.ts";

/** Positions to match, ICRS degrees, RA in [0, 360). */
export interface Positions {
  readonly ra: Float64Array;
  readonly dec: Float64Array;
}

export interface CrossmatchOptions {
  /** Degrees, 0 < radius ≤ 180. */
  readonly radius: number;
  /** `all` stars within the radius, or only the `best`, that is the nearest. */
  readonly find?: "all" | "best";
  /** Keep at most so many stars per position, the nearest. */
  readonly maxMatches?: number;
  /** Stop after so many matches altogether. */
  readonly maxRec?: number;
  readonly signal?: AbortSignal;
  /** Called about once per 10 ms of work with the positions done so far. */
  readonly onProgress?: (done: number, matches: number) => void;
}

/** Matches as columns, by position and within a position nearest first. A match costs 16 bytes. */
export interface Matches {
  readonly count: number;
  /** Index into the positions. */
  readonly row: Uint32Array;
  /** Index into the catalogue. */
  readonly star: Uint32Array;
  /** Degrees. */
  readonly separation: Float64Array;
  /** Positions with at least one star. */
  readonly rowsMatched: number;
  /** True if `maxRec` cut the result short. */
  readonly overflow: boolean;
}

/** How many positions are matched between two looks at the clock: at a small radius, about 0.1 ms of work. */
const BATCH = 64;

/** Finds for each position the stars within the radius. */
export async function crossmatch(
  positions: Positions,
  index: SpatialIndex,
  options: CrossmatchOptions,
): Promise<Matches> {
  const { radius, find = "all", maxRec = Number.POSITIVE_INFINITY, onProgress } = options;
  const perRow = find === "best" ? 1 : (options.maxMatches ?? Number.POSITIVE_INFINITY);
  const pacer = new Pacer(options.signal);
  const matches = new MatchColumns();
  let rowsMatched = 0;
  let overflow = false;

  let candidates = 0;
  for (let row = 0; row < positions.ra.length && !overflow; row++) {
    // A wide circle is many rows' worth of work.
    if (row % BATCH === 0 || candidates > 1000) {
      await pacer.breathe(() => onProgress?.(row, matches.count));
      candidates = 0;
    }
    const found = index.within(at(positions.ra, row), at(positions.dec, row), radius);
    candidates += found.length;
    const kept = Math.min(found.length, perRow);
    if (kept > 0) rowsMatched++;
    for (const neighbour of found.slice(0, kept)) {
      if (matches.count >= maxRec) {
        overflow = true;
        break;
      }
      matches.add(row, neighbour.star, neighbour.separation);
    }
  }
  options.signal?.throwIfAborted();
  onProgress?.(positions.ra.length, matches.count);
  return { ...matches.finish(), rowsMatched, overflow };
}

/** Three typed arrays that double when they are full. */
class MatchColumns {
  count = 0;
  #row = new Uint32Array(1024);
  #star = new Uint32Array(1024);
  #separation = new Float64Array(1024);

  add(row: number, star: number, separation: number): void {
    if (this.count === this.#row.length) this.#grow();
    this.#row[this.count] = row;
    this.#star[this.count] = star;
    this.#separation[this.count] = separation;
    this.count++;
  }

  finish(): Pick<Matches, "count" | "row" | "star" | "separation"> {
    const { count } = this;
    return {
      count,
      row: this.#row.subarray(0, count),
      star: this.#star.subarray(0, count),
      separation: this.#separation.subarray(0, count),
    };
  }

  #grow(): void {
    const size = this.#row.length * 2;
    const [row, star, separation] = [new Uint32Array(size), new Uint32Array(size), new Float64Array(size)];
    row.set(this.#row);
    star.set(this.#star);
    separation.set(this.#separation);
    [this.#row, this.#star, this.#separation] = [row, star, separation];
  }
}
