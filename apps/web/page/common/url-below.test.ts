import { expect, test } from "bun:test";
import { urlBelow } from "./url-below.ts";

test("a link below a job is opened where the page was", () => {
  const job = "https://example.org/prefix/cone/async/0ab";
  expect(urlBelow(job, "http://inside:8080/cone/async/0ab/results/a%20b")).toBe(`${job}/results/a%20b`);
  expect(urlBelow(job, "http://inside/cone/async/0ab/parameters/T?OCCURRENCE=2")).toBe(
    `${job}/parameters/T?OCCURRENCE=2`,
  );
  expect(urlBelow(job, "http://elsewhere/table.csv")).toBe("http://elsewhere/table.csv");
});
