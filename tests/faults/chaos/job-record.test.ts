import { expect, test } from "bun:test";
import { wrongSequence } from "./job-record.ts";
import type { Kind } from "./kinds.ts";

const kind = (parameters: Record<string, string>): Kind => ({ parameters, weight: 1, end: "completed", faulty: 0 });
const wrong = (parameters: Record<string, string>, eventSequence: number) =>
  wrongSequence(kind(parameters), { eventSequence }) !== undefined;

test("without steps, events can be counted: lines, results and the echo", () => {
  const told = { STEPS: "0", LOGS: "5", RESULTS: "2" };
  expect([7, 8, 9].map((sequence) => wrong(told, sequence))).toEqual([true, false, true]);
});

test("progress may be coalesced, to one event at least", () => {
  const told = { STEPS: "4", LOGS: "1", RESULTS: "0" };
  expect([4, 5, 8, 9].map((sequence) => wrong(told, sequence))).toEqual([true, false, false, true]);
});

test("what goes by upload is no event", () => {
  expect(wrong({ STEPS: "0", RESULTS: "2", RESULT_BYTES: "100000" }, 1)).toBe(false);
});
