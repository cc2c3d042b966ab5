import { expect, test } from "bun:test";
import { type Ended, type Wish, wrongEnd } from "./expected-end.ts";
import type { Kind } from "./kinds.ts";

const kind = (end: Kind["end"], faulty = 0): Kind => ({ end, faulty, parameters: {}, weight: 1 });
const never = Number.POSITIVE_INFINITY;

function ended(phase: Ended["phase"], ...outcomes: string[]): Ended {
  const failures = outcomes.filter((outcome) => ["lost", "retried", "failed"].includes(outcome)).length;
  return { phase, errorType: "transient", failures, maxAttempts: 3, outcomes };
}

test.each<[string, Kind, Wish, Ended]>([
  ["it completes at once", kind("completed"), "end", ended("COMPLETED", "completed")],
  ["it completes after lost leases", kind("completed"), "end", ended("COMPLETED", "lost", "lost", "completed")],
  ["it spends its attempts", kind("completed"), "end", ended("ERROR", "lost", "released", "lost", "lost")],
  ["it crashes its worker once", kind("completed", 1), "end", ended("COMPLETED", "lost", "completed")],
  ["it crashes its worker for ever", kind("spent", never), "end", ended("ERROR", "lost", "lost", "lost")],
  ["it asks for all its attempts", kind("spent", never), "end", ended("ERROR", "retried", "lost", "failed")],
  ["it fails", kind("failed", never), "end", ended("ERROR", "lost", "failed")],
  ["it hangs", kind("expired", never), "end", ended("ABORTED", "lost", "expired")],
  ["it is aborted before it runs", kind("completed"), "aborted", ended("ABORTED")],
  ["nobody knows whether it was aborted", kind("completed"), "perhaps aborted", ended("COMPLETED", "completed")],
])("a job may end so: %s", (_, of, wish, end) => {
  expect(wrongEnd(of, wish, end)).toBeUndefined();
});

test.each<[string, Kind, Wish, Ended]>([
  ["it was given up too early", kind("completed"), "end", ended("ERROR", "lost", "lost")],
  ["it failed though told to complete", kind("completed"), "end", ended("ERROR", "failed")],
  ["it was aborted, and nobody wished it", kind("completed"), "end", ended("ABORTED", "aborted")],
  ["it was aborted for sure, and completed", kind("completed"), "aborted", ended("COMPLETED", "completed")],
  ["it was told to fail, and completed", kind("failed", never), "end", ended("COMPLETED", "completed")],
  ["it was told to crash first, and completed first", kind("completed", 1), "end", ended("COMPLETED", "completed")],
  ["it completed under a lost attempt", kind("completed"), "end", ended("COMPLETED", "lost")],
  ["it hung, and is in ERROR", kind("expired", never), "end", ended("ERROR", "expired")],
  ["it goes on", kind("completed"), "end", ended("EXECUTING", "lost")],
  ["its failures do not add up", kind("completed"), "end", { ...ended("COMPLETED", "lost", "completed"), failures: 2 }],
])("a job must not end so: %s", (_, of, wish, end) => {
  expect(wrongEnd(of, wish, end)).toBeString();
});
