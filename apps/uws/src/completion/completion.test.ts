import { expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { makeProgram } from "../program.ts";
import { bashCompletion } from "./bash.ts";
import { commandTree, flatten } from "./command-tree.ts";
import { fishCompletion } from "./fish.ts";
import { zshCompletion } from "./zsh.ts";

const tree = commandTree(makeProgram());

/** What a real bash offers after these words, of which the last is being typed. */
function complete(...words: readonly string[]): string[] {
  const script = `${bashCompletion(tree)}
COMP_WORDS=("$@")
COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
_uws
((\${#COMPREPLY[@]})) && printf '%s\\n' "\${COMPREPLY[@]}"
true`;
  const { status, stdout, stderr } = spawnSync("bash", ["--norc", "-eu", "-c", script, "bash", "uws", ...words], {
    cwd: import.meta.dirname,
    encoding: "utf8",
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return stdout.split("\n").filter(Boolean);
}

test("bash completes commands", () => {
  expect(complete("s").sort()).toEqual(["services", "show", "stats", "submit", "suspend"]);
  expect(complete("").length).toBe(tree.commands.length);
  expect(complete("tokens", "")).toEqual(["add", "list", "remove", "help"]);
  expect(complete("completion", "z")).toEqual(["zsh"]);
});

test("bash completes the options of the command that was typed, wherever it stands", () => {
  expect(complete("jobs", "--ph")).toEqual(["--phase"]);
  expect(complete("submit", "crossmatch", "RADIUS=1", "--o")).toEqual(["--output"]);
  expect(complete("submit", "--t").sort()).toEqual(["--token", "--type"]);
  expect(complete("submit", "--batch", "zs")).toEqual(["zsh.ts"]);
  expect(complete("abort", "--a").sort()).toEqual(["--after", "--all"]);
  expect(complete("tokens", "add", "gpu", "--")).toEqual(["--types", "--expires", "--help"]);
  expect(complete("--")).toEqual(["--help"]);
});

test("bash completes files where a value is one", () => {
  expect(complete("submit", "TABLE", "@bash")).toEqual(["@bash.ts"]);
  expect(complete("results", "x", "--output", "zs")).toEqual(["zsh.ts"]);
  expect(complete("results", "bash")).toEqual([]);
});

test("every command and option is in every shell's script", () => {
  const scripts = [bashCompletion, zshCompletion, fishCompletion].map((script) => script(tree));
  for (const { path, options } of flatten(tree)) {
    const name = path.split(" ").at(-1) ?? "";
    const long = options.flatMap(({ flags }) => flags.filter((flag) => flag.startsWith("--")));
    for (const script of scripts) for (const word of [name, ...long]) expect(script).toContain(word.replace(/^--/, ""));
  }
});

test("bash reads its script", () => {
  const { status, stderr } = spawnSync("bash", ["-n"], { input: bashCompletion(tree), encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});
