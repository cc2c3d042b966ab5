import { expect, test } from "bun:test";
import { mediaTypeOf } from "./media-type-of.ts";

test.each<[string, string, string[], string]>([
  ["t.csv", "text/csv", ["text/csv"], "text/csv"],
  ["t.csv", "application/vnd.ms-excel", ["text/csv"], "text/csv"],
  ["t.vot", "", ["application/x-votable+xml", "application/octet-stream"], "application/x-votable+xml"],
  ["t.xml", "text/xml", ["application/x-votable+xml", "text/xml"], "application/x-votable+xml"],
  ["t.fits", "", ["image/fits"], "image/fits"],
  ["t.unknown", "", ["text/plain", "application/octet-stream"], "application/octet-stream"],
  ["t.unknown", "", ["text/plain"], "text/plain"],
  ["t.vot", "", [], "application/x-votable+xml"],
  ["t.png", "image/png", [], "image/png"],
  ["none", "", [], "application/octet-stream"],
])("%s (%p) is sent, where %p is allowed, as %s", (name, type, allowed, sent) => {
  expect(mediaTypeOf({ name, type }, allowed)).toBe(sent);
});
