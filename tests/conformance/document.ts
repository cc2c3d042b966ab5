import { readFileSync } from "node:fs";
import { join } from "node:path";
import { allClauses } from "./clauses.ts";

const root = join(import.meta.dirname, "../..");

/** Where docs/conformance.md is. */
export const documentPath = join(root, "docs/conformance.md");

/** A test that shows clauses. */
interface Showing {
  readonly file: string;
  readonly test: string;
}

/**
 * Finds the tests that show each clause: calls of `clause("id", …)` in this folder, and tests anywhere that a comment
 * `// shows: id, id` stands before.
 */
export function showings(): Map<string, Showing[]> {
  const found = new Map<string, Showing[]>(allClauses.map(({ id }) => [id, []]));
  const add = (id: string, showing: Showing) => {
    const known = found.get(id);
    if (known === undefined) throw new Error(`${showing.file} shows ${id}, and there is no such clause`);
    known.push(showing);
  };
  for (const file of new Bun.Glob("{apps,packages,tests}/**/*.ts").scanSync({ cwd: root })) {
    if (file.includes("node_modules")) continue;
    const isPart = file.startsWith("tests/conformance/");
    if (!isPart && !file.endsWith(".test.ts")) continue;
    const text = readFileSync(join(root, file), "utf8");
    if (isPart)
      for (const [, id] of text.matchAll(/^ +clause\(\s*"([^"]+)"/gm)) add(id ?? "", { file, test: id ?? "" });
    for (const [, ids, name] of text.matchAll(
      /^ *\/\/ shows: (.+)\n *test(?:\.\w+(?:\([^\n]*\))?)?\(\s*"((?:[^"\\]|\\.)+)"/gm,
    )) {
      for (const id of (ids ?? "").split(/,\s*/)) add(id.trim(), { file, test: name ?? "" });
    }
  }
  return found;
}

/** The text of docs/conformance.md. */
export function conformanceDocument(): string {
  const found = showings();
  const lines = [
    "# Conformance",
    "",
    "Each clause of the contract, in our own words, and the tests that show it. This page is made from the tests by",
    "`bun run conformance`; do not edit it. The tests in `tests/conformance` can be pointed at another server:",
    "",
    "```sh",
    "UWS_TEST_SUBJECT=http://host/service/async UWS_TEST_SUBJECT_QUICK='a=1' bun test tests/conformance",
    "```",
  ];
  let source = "";
  for (const clause of allClauses) {
    if (clause.source !== source) {
      source = clause.source;
      const title = source === "ours" ? "Beyond the standard" : source;
      lines.push("", `## ${title}`, "", "| clause | shown by |", "| --- | --- |");
    }
    const tests = (found.get(clause.id) ?? [])
      .sort((one, other) => one.file.localeCompare(other.file))
      .map(({ file, test }) => `\`${file}\`: ${test.replaceAll("|", "\\|")}`);
    lines.push(`| ${clause.text} | ${tests.length === 0 ? "**nothing: not built yet**" : tests.join("<br>")} |`);
  }
  return `${lines.join("\n")}\n`;
}
