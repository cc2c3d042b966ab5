import { join } from "node:path";
import { isProved, type Rule, type Section } from "./rule.ts";
import { sections } from "./rules.ts";

const root = join(import.meta.dirname, "../..");

/** Where docs/rules.md is. */
export const documentPath = join(root, "docs/rules.md");

/** The text of docs/rules.md. */
export function rulesDocument(): string {
  const lines = [
    "# Rules",
    "",
    "Each rule of the two design files, in our own words: where in the code it holds, and the test that fails when it is",
    "taken out of there. This page is made from `tests/rules` by `bun run rules-document`; do not edit it. That the tests fail",
    "is tried by",
    "",
    "```sh",
    "bun run rules                 # all, one after the other: half an hour",
    "bun run rules --only ID,ID    # some",
    "```",
  ];
  let source: Section["source"] | undefined;
  for (const section of sections) {
    if (section.source !== source) {
      source = section.source;
      lines.push("", `## ${source}`);
    }
    lines.push("", `### ${section.title}`, "", "| id | rule | code | test |", "| --- | --- | --- | --- |");
    lines.push(...section.rules.map(rowOf));
  }
  return `${lines.join("\n")}\n`;
}

function rowOf(rule: Rule): string {
  const [code, test] = isProved(rule)
    ? [
        [...new Set(rule.mutation.map(({ file }) => `\`${file}\``))].join("<br>"),
        rule.tests.map(({ file, test, given = "%s" }) => `\`${file}\`: ${test.replace("%s", given)}`).join("<br>"),
      ]
    : ["", `**later**: ${rule.later}`];
  return `| ${[rule.id, rule.rule, code, test].map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}
