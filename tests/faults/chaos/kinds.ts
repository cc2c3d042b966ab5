import type { Random } from "./random.ts";

/** A kind of job that the load has, and how it must end. */
export interface Kind {
  readonly parameters: Readonly<Record<string, string>>;
  /** How often, compared with the others. */
  readonly weight: number;
  /**
   * How it ends where nothing goes wrong but what it was told: COMPLETED; ERROR by its worker's own word; ABORTED when its
   * execution duration is over; or never by itself, so that its attempts are spent.
   */
  readonly end: "completed" | "failed" | "expired" | "spent";
  /** Attempts up to this one cannot complete. */
  readonly faulty: number;
}

const completed = { end: "completed", faulty: 0 } as const;
const never = Number.POSITIVE_INFINITY;

export const kinds: readonly Kind[] = [
  { weight: 20, ...completed, parameters: { DURATION: "0", STEPS: "2", RESULTS: "1", LOGS: "3" } },
  { weight: 20, ...completed, parameters: { DURATION: "0", STEPS: "0", RESULTS: "0" } },
  // Without steps nothing is coalesced: every event can be counted.
  { weight: 10, ...completed, parameters: { DURATION: "0.2", STEPS: "0", RESULTS: "2", LOGS: "5" } },
  // Results that go by upload.
  {
    weight: 12,
    ...completed,
    parameters: { DURATION: "0.3", STEPS: "6", RESULTS: "2", RESULT_BYTES: "100000", LOGS: "2" },
  },
  { weight: 12, ...completed, parameters: { DURATION: "1.5", STEPS: "10", RESULTS: "1", LOGS: "1" } },
  // Longer than a lease: who is frozen with one has still something to write when it thaws.
  { weight: 10, ...completed, parameters: { DURATION: "5", STEPS: "10", RESULTS: "5", LOGS: "2" } },
  {
    weight: 3,
    ...completed,
    parameters: { DURATION: "5", STEPS: "10", RESULTS: "5", RESULT_BYTES: "70000", LOGS: "1" },
  },
  { weight: 8, ...completed, parameters: { DURATION: "0.1", STEPS: "4", OUTCOME: "release", LOGS: "2" } },
  { weight: 8, end: "failed", faulty: never, parameters: { DURATION: "0.1", STEPS: "2", OUTCOME: "fatal", LOGS: "1" } },
  { weight: 3, end: "failed", faulty: never, parameters: { DURATION: "0", STEPS: "1", OUTCOME: "error" } },
  { weight: 4, end: "spent", faulty: never, parameters: { DURATION: "0", STEPS: "2", OUTCOME: "retry", LOGS: "1" } },
  {
    weight: 4,
    end: "completed",
    faulty: 2,
    parameters: { DURATION: "0", STEPS: "2", OUTCOME: "retry", FAULTY_ATTEMPTS: "2", LOGS: "1" },
  },
  {
    weight: 2,
    end: "expired",
    faulty: never,
    parameters: { DURATION: "0", STEPS: "2", OUTCOME: "hang", LOGS: "1", EXECUTIONDURATION: "2" },
  },
  // They take the other jobs of their worker with them: a few are many.
  {
    weight: 0.5,
    end: "completed",
    faulty: 1,
    parameters: { DURATION: "0.2", STEPS: "4", OUTCOME: "crash", FAULTY_ATTEMPTS: "1", LOGS: "1" },
  },
  { weight: 0.3, end: "spent", faulty: never, parameters: { DURATION: "0.2", STEPS: "2", OUTCOME: "crash" } },
];

const whole = kinds.reduce((sum, { weight }) => sum + weight, 0);

/** One of them, the more often the more it weighs. */
export function pickKind(random: Random): Kind {
  let left = random.next() * whole;
  for (const kind of kinds) {
    left -= kind.weight;
    if (left < 0) return kind;
  }
  return kinds[0] as Kind;
}
