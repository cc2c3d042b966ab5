import { expect, test } from "bun:test";
import { Parameters } from "./parameters.ts";
import type { UploadedFile } from "./uploaded-file.ts";

const file = { name: "Table", filename: "a.csv" } as UploadedFile;
const parameters = new Parameters([
  { name: "RA", value: "1" },
  { name: "Table", file },
  { name: "ra", value: "" },
  { name: "DEC", value: "2" },
]);

test("names are case-insensitive, values keep their order", () => {
  expect(parameters.get("Ra")).toBe("1");
  expect(parameters.all("RA")).toEqual(["1", ""]);
  expect(parameters.get("nothing")).toBeUndefined();
  expect(parameters.all("nothing")).toEqual([]);
});

test("each name is listed once, as it came first", () => {
  expect(parameters.names()).toEqual(["RA", "Table", "DEC"]);
  expect(parameters.entries()).toHaveLength(4);
});

test("a file is no value, and a value is no file", () => {
  expect(parameters.file("TABLE")).toBe(file);
  expect(parameters.get("TABLE")).toBeUndefined();
  expect(parameters.file("RA")).toBeUndefined();
});
