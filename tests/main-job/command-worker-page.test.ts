import { expect, test } from "bun:test";
import { join } from "node:path";
import { parseDescriptionFile } from "@uws/description";
import { parseCommand } from "@uws/worker-command";
import { parse } from "yaml";

/* docs/command-worker.md: what it shows as a file is one, and its pieces are pieces of one. */

const text = await Bun.file(join(import.meta.dirname, "../../docs/command-worker.md")).text();
const blocks = [...text.matchAll(/^```yaml(?: file=(\S+))?\n(.*?)^```$/gms)];
const files = blocks.filter(([, file]) => file !== undefined);
const pieces = blocks.filter(([, file]) => file === undefined);

test("the first command has five lines", () => {
  expect(files).toHaveLength(1);
  const [[, name = "", yaml = ""] = []] = files;
  expect(yaml.trimEnd().split("\n")).toHaveLength(5);
  expect(parseCommand(parseDescriptionFile(yaml, name), "/").outputs).toHaveLength(1);
});

const parameters = {
  type: "object",
  properties: { IMAGE: { "x-file": {} }, QUERY: { type: "string" }, EPOCH: { type: "number" } },
  required: ["IMAGE"],
};

test.each(pieces.map(([, , yaml = ""]) => yaml))("a command may have the piece %#", (yaml) => {
  const piece = parse(yaml);
  const command = "command" in piece ? piece.command : { run: ["true"], ...piece };
  const results = JSON.stringify(command).includes('"table"')
    ? [
        { id: "table", mediaType: "text/csv" },
        { id: "log", mediaType: "text/plain" },
      ]
    : [];
  const description = { name: "piece", version: "1", title: "Piece", parameters, results, command };
  expect(parseCommand(parseDescriptionFile(JSON.stringify(description), "piece"), "/").program.parts).toHaveLength(1);
});

test("its keys are all told", () => {
  for (const key of [
    "run",
    "files",
    "stdin",
    "environment",
    "progress",
    "log",
    "outputs",
    "exits",
    "limits",
    "container",
  ]) {
    expect(text).toMatch(new RegExp(`\\b${key}\\b[^a-z]`));
  }
});
