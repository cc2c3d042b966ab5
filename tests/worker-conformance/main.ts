/**
 * `bun run worker-conformance`: plays every situation with the workers of every language whose toolchain is there, prints
 * the table and writes docs/worker-conformance.md. What is not played stays in it as it was.
 *
 *  --language TEXT    only the worker of this name, or those whose name has this in it
 *  --situation ID     only this one; nothing is written
 */
import { parseArgs } from "node:util";
import { documentPath, tableIn, workerConformanceDocument } from "./document.ts";
import { languages } from "./languages.ts";
import { type Outcome, play } from "./play.ts";
import { situations } from "./situations.ts";
import { type Mark, markOf, marks } from "./table.ts";

const { values } = parseArgs({ options: { language: { type: "string" }, situation: { type: "string" } } });
const all = Object.values(languages).flat();
const exact = all.filter(({ name }) => name === values.language);
const chosen = exact.length > 0 ? exact : all.filter(({ name }) => name.includes(values.language ?? ""));
const played = situations.filter(({ id }) => (values.situation ?? id) === id);
if (chosen.length === 0 || played.length === 0) throw new Error("there is no such language or situation");

const table = new Map<string, Map<string, Mark>>();
const wrong: string[] = [];
const missing: string[] = [];
for (const language of chosen) {
  const { name } = language;
  const begun = performance.now();
  const tool = await language.prepare().catch((error: unknown) => void missing.push(`${name}: ${String(error)}`));
  if (!tool) continue;
  const outcomes = new Map<string, Outcome>();
  const playing = play(language, tool, played);
  for (const [id, outcome] of playing.outcomes) outcomes.set(id, await outcome);
  await playing.cleared;
  table.set(name, new Map(played.map(({ id }) => [id, markOf(outcomes.get(id))])));
  for (const [id, outcome] of outcomes) if (outcome !== "passed") wrong.push(`✗ ${name}, ${id}\n${outcome.wrong}\n`);
  console.log(`${name}: ${outcomes.size} situations in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
}

const width = Math.max(...played.map(({ id }) => id.length));
const names = [...table.keys()];
console.log("");
for (const line of wrong) console.log(line);
for (const [index, name] of names.entries()) {
  console.log(`${" ".repeat(width + 1)}${"│ ".repeat(index)}┌ ${name}`);
}
for (const { id } of played) {
  console.log(`${id.padEnd(width)} ${names.map((name) => table.get(name)?.get(id) ?? marks.missing).join(" ")}`);
}
for (const line of missing) console.log(`Did not run: ${line}`);
if (values.situation === undefined) {
  const before = tableIn(
    await Bun.file(documentPath)
      .text()
      .catch(() => ""),
  );
  const known = all.flatMap(({ name }): [string, ReadonlyMap<string, Mark>][] => {
    const column = table.get(name) ?? before.get(name);
    return column ? [[name, column]] : [];
  });
  await Bun.write(documentPath, workerConformanceDocument(new Map(known)));
  console.log("docs/worker-conformance.md is written.");
}
process.exit(wrong.length === 0 ? 0 : 1);
