import type { Measured } from "./measured.ts";

/** Puts the rows of the sections that were measured into the text of docs/numbers.md; the other sections stay. */
export function withSections(
  written: string,
  head: string,
  measured: ReadonlyMap<string, readonly Measured[]>,
  order: readonly string[],
): string {
  const sections = new Map<string, string>();
  for (const section of written.split(/^## /m).slice(1)) {
    const [title = ""] = section.split("\n", 1);
    sections.set(title, section.slice(title.length).trim());
  }
  for (const [title, rows] of measured) sections.set(title, tableOf(rows));
  const shown = order.filter((title) => sections.has(title)).map((title) => `## ${title}\n\n${sections.get(title)}\n`);
  return `${head.trim()}\n\n${shown.join("\n")}`;
}

function tableOf(rows: readonly Measured[]): string {
  return ["| what | measured |", "| --- | --- |", ...rows.map(({ what, value }) => `| ${what} | ${value} |`)].join(
    "\n",
  );
}
