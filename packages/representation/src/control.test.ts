import { expect, test } from "bun:test";
import { UwsError } from "@uws/core";
import { parseExecutionDuration, parseListFilter, parsePhaseAction, parseWait } from "./control.ts";

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

test("the list's filter takes its names in any case, and phases as a union", () => {
  expect(parseListFilter(query(""))).toEqual({ phases: [] });
  expect(parseListFilter(query("phase=QUEUED&PHASE=ERROR&Phase=QUEUED&after=2015&Last=3&x=y"))).toEqual({
    phases: ["QUEUED", "ERROR"],
    after: new Date("2015-01-01T00:00:00Z"),
    last: 3,
  });
  expect(parseListFilter(query("LAST=99999999999999999999")).last).toBe(2147483647);
});

test.each([
  "PHASE=",
  "PHASE=DONE",
  "phase=queued",
  "AFTER=",
  "AFTER=x",
  "LAST=0",
  "LAST=-1",
  "LAST=",
  "LAST=1.5",
  "LAST=x",
])("the list's filter refuses %p by name", (text) => {
  expect(() => parseListFilter(query(text))).toThrow(UwsError);
  expect(() => parseListFilter(query(text))).toThrow(text.split("=")[0]?.toUpperCase());
});

test("AFTER and LAST can be given once", () => {
  expect(() => parseListFilter(query("LAST=1&last=2"))).toThrow("LAST is given 2 times");
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
