import { expect, test } from "bun:test";
import { parseDescription, parseDescriptionFile } from "@uws/description";
import { commandOf, descriptionText } from "./fixture.ts";
import { parseCommand } from "./parse-command.ts";

const faultsOf = (command: unknown, more: Record<string, unknown> = {}) => {
  try {
    commandOf(command, more);
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

const run = ["true"];
const outputs = (...list: unknown[]) => ({ run, outputs: list });
const mediaType = "text/plain";

test.each([
  ["no command", undefined, "command: is required"],
  ["no program", { run: [] }, "command.run: must NOT have fewer than 1 items"],
  ["a program like an option", { run: ["-x"] }, "command.run.0: must be the name or the path of a program"],
  ["a key that is none", { run, shell: true }, 'command: must not have the member "shell"'],
  ["a number for a text", { run: ["sleep", 5] }, "command.run.1: must be string,object (YAML reads 5 as a number"],
  ["an unquoted placeholder", { run: ["cat", { TEXT: null }] }, "(YAML reads {TEXT} as an object: put it in quotes)"],
  [
    "a placeholder of nothing",
    { run: ["cat", "{RADUIS}"] },
    "command.run.1: nothing fills the placeholder {RADUIS}; there are TEXT",
  ],
  ["a word of ours that is none", { run: ["cat", "{@home}"] }, "{@home}; there are {@workdir}"],
  [
    "a parameter that may be absent",
    { run: ["cat", "{TEXT}"] },
    'TEXT may be absent: write { if: TEXT, args: ["{TEXT}"] }',
  ],
  [
    "two of several values",
    { run: ["a", { if: "IDS", args: [{ if: "NAMES", args: ["{IDS}{NAMES}"] }] }] },
    "IDS and NAMES may each",
  ],
  ["an if without args", { run: ["a", { if: "TEXT" }] }, 'command.run.1: must have "args"'],
  ["an if and an each", { run: ["a", { if: "TEXT", each: "TEXT", args: ["a"] }] }, "must have one of"],
  ["an if of nothing", { run: ["a", { if: "TXET", args: ["a"] }] }, "command.run.1.if: TXET is no parameter"],
  ["a file for nothing", { run, files: { TXET: "a" } }, "command.files.TXET: TXET is no parameter"],
  ["a file elsewhere", { run, files: { TEXT: "../a" } }, "command.files.TEXT: must match pattern"],
  ["a file within a text", { run, stdin: "see {TABLE}" }, "command.stdin: {TABLE} is a file"],
  [
    "several values in a variable",
    { run, environment: { set: { A: "{IDS}" } } },
    "environment.set.A: IDS may have several",
  ],
  ["the worker's token", { run, environment: { inherit: ["UWS_TOKEN"] } }, "command.environment.inherit.0"],
  [
    "a pattern without a group",
    { run, progress: [{ pattern: "\\d+%" }] },
    "command.progress.0.pattern: must have a named group",
  ],
  ["a group that means nothing", { run, progress: [{ pattern: "(?<x>a)" }] }, "the group x means nothing"],
  ["a step without a total", { run, progress: [{ pattern: "(?<step>a)" }] }, "step and total go together"],
  ["a pattern that is none", { run, progress: [{ pattern: "(?<message>a" }] }, "command.progress.0.pattern"],
  ["an output of nothing", outputs({ id: "a", mediaType }), 'must have one of "path", "glob" and "stream"'],
  ["an output above", outputs({ id: "a", path: "../a", mediaType }), "command.outputs.0.path: must match pattern"],
  [
    "an absolute output",
    outputs({ id: "a", path: "/etc/passwd", mediaType }),
    "command.outputs.0.path: must match pattern",
  ],
  ["a glob above", outputs({ id: "{n}", glob: "*/../*", mediaType }), "command.outputs.0.glob: must match pattern"],
  ["a glob with one id", outputs({ id: "a", glob: "*.png", mediaType }), "need each an id of its own"],
  ["an output without a type", outputs({ id: "a", path: "a" }), "must have a mediaType"],
  [
    "two of an id",
    outputs({ id: "a", path: "a", mediaType }, { id: "a", path: "b", mediaType }),
    'the id "a" occurs twice',
  ],
  [
    "a status twice",
    { run, exits: [{ codes: [1, 1], outcome: "fatal" }] },
    "command.exits.0.codes: 1 has a meaning already",
  ],
  ["a limit that is none", { run, limits: { cpu: 1 } }, 'command.limits: must not have the member "cpu"'],
  [
    "a container that clients choose",
    { run, container: { run: ["docker", "{RADIUS}"] } },
    "container.run.1: must not depend",
  ],
])("%s is refused by its field", (_, command, fault) => {
  expect(faultsOf(command)).toContain(fault);
});

test("faults tell file and line, all of them at once", () => {
  const text = descriptionText({ run: ["cat", "{NOTHING}"], stdin: "{NEITHER}" });
  const line = (piece: string) => text.slice(0, text.indexOf(piece)).split("\n").length;
  let message = "";
  try {
    parseCommand(parseDescriptionFile(text, "my.yaml"), "/");
  } catch (error) {
    message = String(error);
  }
  expect(message).toContain(`my.yaml:${line('"{NOTHING}"')}: command.run.1: `);
  expect(message).toContain(`my.yaml:${line("stdin:")}: command.stdin: `);
});

test("results that the description promises are made by outputs, and outputs promised", () => {
  const results = [{ id: "sum", mediaType: "text/csv" }];
  expect(faultsOf({ run }, { results })).toContain("results.0: no output of the command makes the result sum");
  expect(faultsOf(outputs({ id: "other", path: "a", mediaType }), { results })).toContain(
    "other is none of the results",
  );
  const [output] = commandOf(outputs({ id: "sum", path: "a" }), { results }).outputs;
  expect(output?.mediaType).toBe("text/csv");
});

test("the command is no part of the description: not of what is served, and not of what its version means", () => {
  const one = parseDescription(descriptionText({ run: ["true"] }), "a");
  const other = parseDescription(descriptionText({ run: ["false"] }), "b");
  expect(JSON.stringify(one)).not.toContain("command");
  expect(one).toEqual(other);
});
