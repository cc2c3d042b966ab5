import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { documentPath, tableIn, workerConformanceDocument } from "./document.ts";
import { situations } from "./situations.ts";

test("every situation has a name of its own", () => {
  const ids = situations.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test.each([
  ["python/bare_worker.py", 150],
  ["typescript/bare-worker.ts", 150],
  ["go/bare-worker/main.go", 300],
])("a worker without an SDK is to be read: %s has less than %i lines", (path, most) => {
  expect(readFileSync(join(import.meta.dirname, path), "utf8").split("\n").length - 1).toBeLessThan(most);
});

test("docs/worker-conformance.md lists the situations that are played (bun run worker-conformance writes it)", () => {
  const document = readFileSync(documentPath, "utf8");
  expect(workerConformanceDocument(tableIn(document))).toBe(document);
});
