import { expect, test } from "bun:test";
import { UwsError } from "@uws/core";
import fc from "fast-check";
import { formatTime, parseDestruction, parseTime } from "./time.ts";

const anyTime = fc.date({
  min: new Date("0001-01-01T00:00:00.000Z"),
  max: new Date("9999-12-31T23:59:59.999Z"),
  noInvalidDate: true,
});

test("what is written is read back to the millisecond", () => {
  fc.assert(
    fc.property(anyTime, (time) => {
      expect(formatTime(time)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(parseTime(formatTime(time))).toEqual(time);
      if (time.getUTCFullYear() >= 100) expect(parseDestruction(formatTime(time).replace("Z", ""))).toEqual(time);
    }),
  );
});

test.each([
  ["2015", "2015-01-01T00:00:00.000Z"],
  ["2015-10-26", "2015-10-26T00:00:00.000Z"],
  ["20151026", "2015-10-26T00:00:00.000Z"],
  ["2015-10-26 09:00", "2015-10-26T09:00:00.000Z"],
  ["2015-10-26T09:00", "2015-10-26T09:00:00.000Z"],
  ["2015-10-26T09:15:35", "2015-10-26T09:15:35.000Z"],
  ["2015-10-26T09:15:35Z", "2015-10-26T09:15:35.000Z"],
  ["2015-10-26T09:15:35.1", "2015-10-26T09:15:35.100Z"],
  ["2015-10-26T09:15:35.12Z", "2015-10-26T09:15:35.120Z"],
  ["2015-10-26T09:15:35.123999", "2015-10-26T09:15:35.123Z"],
  ["2016-02-29", "2016-02-29T00:00:00.000Z"],
])("AFTER=%p is %p", (text, expected) => {
  expect(parseTime(text).toISOString()).toBe(expected);
});

test.each([
  "",
  " 2015",
  "0000",
  "0000-01-01",
  "15",
  "2015-10",
  "201510",
  "2015-02-29",
  "2015-13-01",
  "2015-02-31T00:00",
  "20150231",
  "2015-10-26T",
  "2015-10-26T9:00",
  "2015-10-26T24:00",
  "2015-10-26T23:59:60",
  "2015-10-26T09:15:35.",
  "2015-10-26T09:15:35.1234567",
  "2015-10-26T09:15:35+01:00",
  "2015-10-26T09:15:35+00:00",
  "2015-10-26t09:15:35z",
  "+002015-10-26",
  "yesterday",
  "2015-10-26T09:15:35Z\n",
  "٢٠١٥",
])("AFTER=%p is refused by name", (text) => {
  expect(() => parseTime(text)).toThrow(UwsError);
  expect(() => parseTime(text)).toThrow("AFTER=");
});

test.each(["2015", "20151026", "3600", "", "0099-12-31", "2015-10-26T09:15:35+01:00", "tomorrow"])(
  "DESTRUCTION=%p is refused by name",
  (text) => expect(() => parseDestruction(text)).toThrow("DESTRUCTION="),
);
