import type { Outcome } from "./play.ts";

export const marks = { passed: "✓", wrong: "✗", missing: "–" } as const;
export type Mark = (typeof marks)[keyof typeof marks];

/** What the workers of all languages did: by their names, by the situations' ids. */
export type Table = ReadonlyMap<string, ReadonlyMap<string, Mark>>;

export function markOf(outcome: Outcome | undefined): Mark {
  if (outcome === undefined) return marks.missing;
  return outcome === "passed" ? marks.passed : marks.wrong;
}
