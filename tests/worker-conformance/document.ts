import { join } from "node:path";
import { groups } from "./situations.ts";
import { type Mark, marks, type Table } from "./table.ts";

/** Where docs/worker-conformance.md is. */
export const documentPath = join(import.meta.dirname, "../../docs/worker-conformance.md");

/** The text of docs/worker-conformance.md. */
export function workerConformanceDocument(table: Table): string {
  const names = [...table.keys()];
  const lines = [
    "# Conformance of the workers",
    "",
    "A scripted gateway plays every situation of the worker protocol with a worker of each language. This page is made by",
    "`bun run worker-conformance`; do not edit it. How it works, and what a new language has to bring:",
    "[tests/worker-conformance](../tests/worker-conformance/README.md).",
    "",
    `${marks.passed} it does so; ${marks.wrong} it does not; ${marks.missing} does not concern it (no process per job, or more than an example shows).`,
  ];
  for (const [title, situations] of groups) {
    lines.push("", `## ${title}`, "");
    lines.push(row(["situation", "what the worker does", "rule", ...names]));
    lines.push(row(["---", "---", "---", ...names.map(() => ":-:")]));
    for (const { id, title, rule } of situations) {
      lines.push(row([`\`${id}\``, title, rule, ...names.map((name) => table.get(name)?.get(id) ?? marks.missing)]));
    }
  }
  return `${lines.join("\n")}\n`;
}

/** What such a document says of the languages. */
export function tableIn(document: string): Table {
  const table = new Map<string, Map<string, Mark>>();
  let names: string[] = [];
  for (const line of document.split("\n").filter((line) => line.startsWith("| "))) {
    const [first = "", , , ...cells] = line.slice(2, -2).split(" | ");
    if (first === "situation") names = cells;
    const id = /^`(.+)`$/.exec(first)?.[1];
    for (const [index, name] of names.entries()) {
      if (!table.has(name)) table.set(name, new Map());
      if (id !== undefined) table.get(name)?.set(id, cells[index] as Mark);
    }
  }
  return table;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}
