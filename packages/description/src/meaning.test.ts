import { expect, test } from "bun:test";
import { parse } from "yaml";
import { crossmatch } from "./fixture.ts";
import { differences, meaningDigest } from "./meaning.ts";

const changed = (piece: string, by: string) => {
  expect(crossmatch).toContain(piece);
  return parse(crossmatch.replace(piece, by));
};
const original = parse(crossmatch);

test.each([
  ["title: Cross-match", "title: Cross-matching"],
  ["title: Positions", "title: Where"],
  ["description: The matches", "description: All matches"],
  ["contact: { name: Ada, email: ada@example.org }", "contact: { name: Bea }"],
  ["radius: 2.5", "radius: 2"],
  ["concurrency: 4", "concurrency: 5"],
  ["estimate: 1.5", "estimate: 2"],
  ["title: Where to look", "title: Where"],
  ["$defs:", "$comment: about columns\n  $defs:"],
])("%s to %s means the same", (piece, by) => {
  const document = changed(piece, by);
  expect(differences(original, document)).toEqual([]);
  expect(meaningDigest(document)).toBe(meaningDigest(original));
});

test.each([
  ["maximum: 3600", "maximum: 7200", "parameters.properties.radius.maximum"],
  ["unit: arcsec", "unit: deg", "parameters.properties.radius.x-ivoa.unit"],
  ["default: V", "default: R", "parameters.properties.band.default"],
  ["all: { type: boolean }", "title: { type: boolean }", "parameters.properties.all"],
  ["maxLength: 4", "maxLength: 5", "parameters.$defs.column.maxLength"],
  ["mediaType: text/csv", "mediaType: text/plain", "results"],
  ["max: 7200", "max: 7201", "executionDuration.max"],
])("%s to %s is another meaning", (piece, by, where) => {
  const document = changed(piece, by);
  expect(differences(original, document)).toContain(where);
  expect(meaningDigest(document)).not.toBe(meaningDigest(original));
});

test("a parameter that is called as an annotation is a parameter", () => {
  const named = changed("all: { type: boolean }", "description: { type: boolean }");
  expect(differences(named, original)).toContain("parameters.properties.description");
});
