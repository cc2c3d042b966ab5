import type { Phase } from "@uws/core";
import type { Kind } from "./kinds.ts";

/**
 * What the client asked for besides: nothing; that it be aborted or removed; and whether the server has said that it did so.
 * Without an answer nobody knows.
 */
export type Wish = "end" | "aborted" | "perhaps aborted" | "deleted" | "perhaps deleted";

/** How a job ended, as the database has it. */
export interface Ended {
  readonly phase: Phase;
  readonly errorType: string | null;
  readonly failures: number;
  readonly maxAttempts: number;
  /** Of its attempts, in order. */
  readonly outcomes: readonly (string | null)[];
}

/** What spends one of the attempts that a job has. */
const spending: readonly (string | null)[] = ["lost", "retried", "failed"];

/** What is wrong with the end of a job of that kind; undefined when it could end so. */
export function wrongEnd(kind: Kind, wish: Wish, ended: Ended): string | undefined {
  const { phase, outcomes, failures, maxAttempts } = ended;
  const last = outcomes.at(-1);
  const spent = outcomes.filter((outcome) => spending.includes(outcome)).length;
  if (spent !== failures) return `${failures} attempts count as spent, and ${spent} are`;
  const tooEarly = outcomes.findIndex((outcome, index) => outcome === "completed" && index + 1 <= kind.faulty);
  if (tooEarly !== -1) return `attempt ${tooEarly + 1} completed, which it could not`;
  if (wish === "aborted") return phase === "ABORTED" ? undefined : `it was aborted, and is ${phase}`;
  switch (phase) {
    case "COMPLETED":
      return kind.end === "completed" && last === "completed" ? undefined : `it is COMPLETED, the last attempt ${last}`;
    case "ABORTED":
      if (wish === "perhaps aborted") return undefined;
      return kind.end === "expired" && last === "expired" ? undefined : `it is ABORTED, the last attempt ${last}`;
    case "ERROR":
      // Where workers are lost, any job may have spent its attempts, and none may end so before.
      if (last === "lost")
        return spent === maxAttempts ? undefined : `given up after ${spent} of ${maxAttempts} attempts`;
      if (last !== "failed") return `it is in ERROR, the last attempt ${last}`;
      if (kind.end === "failed") return undefined;
      if (kind.end === "spent" && spent === maxAttempts && ended.errorType === "transient") return undefined;
      return `it failed after ${spent} of ${maxAttempts} attempts, and had no reason to`;
    default:
      return `it is ${phase}`;
  }
}
