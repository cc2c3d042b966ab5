import type { Situation } from "./situation.ts";
import { assignments } from "./situations/assignments.ts";
import { connections } from "./situations/connections.ts";
import { ends } from "./situations/ends.ts";
import { events } from "./situations/events.ts";
import { processes } from "./situations/processes.ts";
import { results } from "./situations/results.ts";

/** Everything that is played, in the order of the table; each group has its heading there. */
export const groups: readonly (readonly [title: string, situations: readonly Situation[]])[] = [
  ["Hello, credit, assignment", assignments],
  ["Events", events],
  ["Results and uploaded parameters", results],
  ["Ends", ends],
  ["Streams that break", connections],
  ["A process per job", processes],
];

export const situations: readonly Situation[] = groups.flatMap(([, group]) => group);
