import { expect, test } from "bun:test";
import { type StoredLine, wrongLines } from "./written-lines.ts";

const told = { STEPS: "2", LOGS: "2" };

/** Lines of an attempt, by their places. */
const lines = (attempt: number, ...places: [step: number, number: number][]): StoredLine[] =>
  places.map(([step, number]) => ({ attempt, message: `attempt ${attempt}, step ${step}, line ${number} of 2` }));
const all = (attempt: number) => lines(attempt, [1, 1], [1, 2], [2, 1], [2, 2]);

test("a whole log, after the beginning of another attempt's", () => {
  expect(wrongLines(told, [...lines(1, [1, 1], [1, 2]), ...all(2)], 2)).toBeUndefined();
});

test("an attempt may begin after the middle, where an earlier one gave the job back there", () => {
  const resumed = { ...told, OUTCOME: "release" };
  expect(wrongLines(resumed, [...lines(1, [1, 1], [1, 2]), ...lines(2, [2, 1], [2, 2])], 2)).toBeUndefined();
});

test("nothing was to be written, and nothing was", () => {
  expect(wrongLines({ STEPS: "0" }, [], 1)).toBeUndefined();
});

test.each([
  ["a line is missing", lines(1, [1, 1], [2, 1], [2, 2])],
  ["a line comes twice", lines(1, [1, 1], [1, 2], [1, 2], [2, 1], [2, 2])],
  ["the last line is missing", lines(1, [1, 1], [1, 2], [2, 1])],
  ["there are none", []],
  ["it begins in the middle", lines(1, [2, 1], [2, 2])],
  ["a line is of another attempt", [...all(1).slice(1), { attempt: 1, message: "attempt 2, step 1, line 1 of 2" }]],
  ["a line is somebody else's", [...all(1), { attempt: 1, message: "hello" }]],
])("what is wrong: %s", (_, stored) => {
  expect(wrongLines(told, stored, 1)).toBeString();
});
