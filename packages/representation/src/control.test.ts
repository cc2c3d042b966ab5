import { expect, test } from "bun:test";
import { UwsError } from "@uws/core";
import { parseExecutionDuration, parseOccurrence, parsePhaseAction, parseWait } from "./control.ts";

const query = (text: string) => new URLSearchParams(text);

test("PHASE takes RUN, ABORT and ARCHIVE, and says so", () => {
  expect(parsePhaseAction("RUN")).toBe("RUN");
  for (const text of ["", "run", "COMPLETED", "RUN ", "toString"]) {
    expect(() => parsePhaseAction(text)).toThrow(
      new UwsError("invalid", `PHASE=${text}: not allowed; allowed: RUN, ABORT, ARCHIVE`),
    );
  }
});

test("EXECUTIONDURATION takes whole seconds of an xs:int", () => {
  expect(["0", "60", "+60", "007", "2147483647"].map(parseExecutionDuration)).toEqual([0, 60, 60, 7, 2147483647]);
  for (const text of ["", "-1", "2147483648", "1.0", "1e3", "0x10", " 1", "NaN", "Infinity", "9".repeat(400)]) {
    expect(() => parseExecutionDuration(text)).toThrow("EXECUTIONDURATION=");
  }
});

test("OCCURRENCE counts from 1", () => {
  expect(parseOccurrence(query("a=b"))).toBeUndefined();
  expect(parseOccurrence(query("occurrence=2"))).toBe(2);
  for (const wrong of ["OCCURRENCE=0", "OCCURRENCE=-1", "OCCURRENCE=x", "OCCURRENCE=1&OCCURRENCE=2"]) {
    expect(() => parseOccurrence(query(wrong))).toThrow("OCCURRENCE");
  }
});

test("WAIT is cut to the server's cap, which -1 asks for", () => {
  expect(parseWait(query("PHASE=QUEUED"), 60)).toBeUndefined();
  expect(parseWait(query("WAIT=0"), 60)).toEqual({ seconds: 0 });
  expect(parseWait(query("wait=5&phase=QUEUED"), 60)).toEqual({ seconds: 5, phase: "QUEUED" });
  expect(parseWait(query("WAIT=-1"), 60)).toEqual({ seconds: 60 });
  expect(parseWait(query("WAIT=86400"), 60)).toEqual({ seconds: 60 });
});

test.each([
  "WAIT=",
  "WAIT=-2",
  "WAIT=1.5",
  "WAIT=x",
  "WAIT=1&WAIT=2",
  "WAIT=1&PHASE=x",
  "WAIT=1&PHASE=QUEUED&PHASE=ERROR",
])("waiting refuses %p", (text) => expect(() => parseWait(query(text))).toThrow(UwsError));
