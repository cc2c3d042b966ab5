import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { allClauses } from "./clauses.ts";
import { conformanceDocument, documentPath, showings } from "./document.ts";

test("every clause has a name of its own, and a test that shows it", () => {
  const ids = allClauses.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect([...showings()].filter(([, tests]) => tests.length === 0).map(([id]) => id)).toEqual([]);
});

test("docs/conformance.md says what the tests say (bun run conformance writes it)", () => {
  expect(readFileSync(documentPath, "utf8")).toBe(conformanceDocument());
});
