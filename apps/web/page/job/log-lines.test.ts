import { expect, test } from "bun:test";
import { emptyLog, longestLog, readLogLine, withLines } from "./log-lines.ts";

const line = (message: string) => ({ attempt: 1, time: "", level: "info", message });

test("a log holds its newest lines and counts the others", () => {
  let log = emptyLog;
  for (let from = 0; from < 2500; from += 500) {
    log = withLines(
      log,
      Array.from({ length: 500 }, (_, index) => line(String(from + index))),
    );
  }
  expect([log.lines.length, log.dropped]).toEqual([longestLog, 1500]);
  expect([log.lines[0]?.message, log.lines.at(-1)?.message]).toEqual(["1500", "2499"]);
});

test("what is no line is passed over", () => {
  expect(readLogLine({ attempt: 2, time: "t", level: "warning", message: "<b>" })).toEqual({
    attempt: 2,
    time: "t",
    level: "warning",
    message: "<b>",
  });
  expect(readLogLine({ message: "bare" })).toEqual({ attempt: 0, time: "", level: "info", message: "bare" });
  expect([readLogLine("text"), readLogLine(null), readLogLine({})]).toEqual([undefined, undefined, undefined]);
});
