import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { documentPath, rulesDocument } from "./document.ts";
import { isProved } from "./rule.ts";
import { rules } from "./rules.ts";
import { mutate } from "./workshop.ts";

/* What can be said of the list without running it: `bun run rules` takes half an hour. */

const root = join(import.meta.dirname, "../..");
const read = (file: string) => readFileSync(join(root, file), "utf8");
const proved = rules.filter(isProved);

test("every rule has a name of its own", () => {
  expect(rules.map(({ id }) => id).filter((id, index, ids) => ids.indexOf(id) !== index)).toEqual([]);
});

test("what a mutation takes out is there, once, and what is left is a program", () => {
  const transpiler = new Bun.Transpiler({ loader: "ts" });
  for (const { id, mutation } of proved) {
    const sources = new Map<string, string>();
    for (const { file, text, by } of mutation) {
      sources.set(file, mutate(sources.get(file) ?? read(file), text, by, `${id}: ${file}`));
    }
    for (const [file, source] of sources) if (file.endsWith(".ts")) transpiler.transformSync(source);
  }
});

test("every test that is named is there", () => {
  const missing = proved.flatMap(({ id, tests }) =>
    tests.filter(({ file, test }) => !read(file).includes(JSON.stringify(test))).map(({ test }) => `${id}: ${test}`),
  );
  expect(missing).toEqual([]);
});

test("docs/rules.md says what the list says (bun run rules-document writes it)", () => {
  expect(readFileSync(documentPath, "utf8")).toBe(rulesDocument());
});
