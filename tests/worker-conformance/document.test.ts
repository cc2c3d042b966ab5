import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { documentPath, tableIn, workerConformanceDocument } from "./document.ts";
import { situations } from "./situations.ts";

test("every situation has a name of its own", () => {
  const ids = situations.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test("docs/worker-conformance.md lists the situations that are played (bun run worker-conformance writes it)", () => {
  const document = readFileSync(documentPath, "utf8");
  expect(workerConformanceDocument(tableIn(document))).toBe(document);
});
