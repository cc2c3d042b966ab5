import { expect } from "bun:test";
import { isRunning, isTerminal, type Phase, transitions, waitingPhases } from "@uws/core";
import type { SeenJob } from "./seen-job.ts";

/** What is true of any job at any time, whatever was done. It knows no command, so that it does not share a model's mistake. */
export function checkInvariants(job: SeenJob): void {
  const open = job.attempts.filter(({ outcome }) => outcome === null);
  expect(job.attempts.map(({ number }) => number)).toEqual(job.attempts.map((_, index) => index + 1));
  expect(job.attempts).toHaveLength(job.attempt);
  expect(open).toHaveLength(isRunning(job.phase) ? 1 : 0);
  if (open.length > 0) expect(open[0]?.number).toBe(job.attempt);
  expect(job.failures).toBeLessThanOrEqual(job.maxAttempts);
  expect(job.failures).toBe(job.attempts.filter(({ outcome }) => isFailure(outcome)).length);
  const held = isRunning(job.phase) || (waitingPhases as readonly Phase[]).includes(job.phase);
  if (!held) expect(job.token).toBeNull();
  if (isRunning(job.phase)) expect(job.token).not.toBeNull();
}

/** What no command may do to a job. */
export function checkStep(before: SeenJob, after: SeenJob): void {
  if (before.phase !== after.phase) {
    const lines = Object.values(transitions) as { from: readonly Phase[]; to: Phase }[];
    const allowed = lines.some(({ from, to }) => from.includes(before.phase) && to === after.phase);
    expect(allowed ? "a line of the table" : `${before.phase} to ${after.phase}`).toBe("a line of the table");
  }
  // A job ends once: from there it can only be archived.
  if (isTerminal(before.phase) && after.phase !== before.phase) expect(after.phase).toBe("ARCHIVED");
  expect(after.attempt - before.attempt).toBeOneOf([0, 1]);
  expect(after.failures).toBeGreaterThanOrEqual(before.failures);
  // History is not written anew.
  const over = before.attempts.filter(({ outcome }) => outcome !== null);
  expect(after.attempts.slice(0, over.length)).toEqual(over);
  if (after.attempt === before.attempt) {
    expect(after.eventSequence).toBeGreaterThanOrEqual(before.eventSequence);
    expect(after.progress ?? 0).toBeGreaterThanOrEqual(before.progress ?? 0);
  }
}

function isFailure(outcome: string | null): boolean {
  return outcome === "failed" || outcome === "retried" || outcome === "lost";
}
