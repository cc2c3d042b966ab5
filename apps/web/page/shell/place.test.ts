import { expect, test } from "bun:test";
import { type Place, pathOf, placeOf } from "./place.ts";

const lists = ["cone/async", "api/batch/jobs", "api/batch"];

test.each<[string, Place]>([
  ["", { page: "services" }],
  ["cone/async", { page: "jobs", list: "cone/async" }],
  ["cone/async/", { page: "jobs", list: "cone/async" }],
  ["cone/async/new", { page: "new", list: "cone/async" }],
  ["cone/async/0ab-1", { page: "job", list: "cone/async", id: "0ab-1" }],
  // The longer list wins, as it does on the server.
  ["api/batch/jobs", { page: "jobs", list: "api/batch/jobs" }],
  ["api/batch/jobs/7", { page: "job", list: "api/batch/jobs", id: "7" }],
  ["api/batch/7", { page: "job", list: "api/batch", id: "7" }],
  ["cone/async/a%20b", { page: "job", list: "cone/async", id: "a b" }],
  ["cone/async/%zz", { page: "job", list: "cone/async", id: "%zz" }],
  ["cone", { page: "nothing" }],
  ["cone/async/7/results", { page: "nothing" }],
])("the address %p is a place", (path, place) => {
  expect(placeOf(path, lists)).toEqual(place);
});

test("a place has the address by which it is found", () => {
  const places: Exclude<Place, { page: "nothing" }>[] = [
    { page: "services" },
    { page: "jobs", list: "api/batch/jobs" },
    { page: "new", list: "cone/async" },
    { page: "job", list: "cone/async", id: "a/b?c" },
  ];
  for (const place of places) expect(placeOf(pathOf(place), lists)).toEqual(place);
});
