import { expect, test } from "bun:test";
import { commandOf, runCommand, showArguments, shownArguments, stdoutAsResult } from "./fixture.ts";

/* What a program is given: by a real program that says what it got. */

const argumentsOf = async (args: unknown[], parameters: Record<string, string | readonly string[]> = {}, more = {}) =>
  shownArguments(
    await runCommand({ run: [...showArguments, ...args], outputs: [stdoutAsResult], ...more }, { parameters }),
  );

const refusal = async (args: unknown[], parameters: Record<string, string | readonly string[]>) => {
  const run = await runCommand({ run: [...showArguments, ...args], outputs: [stdoutAsResult] }, { parameters });
  return run.failure?.message;
};

test.each([
  "two words",
  `quotes " and ' and \``,
  "$(touch injected) `touch injected`",
  "; touch injected",
  "a\nb && touch injected",
  "| tee injected > injected",
  "* ? [a-z] ~ {a,b} $HOME \\",
  "é\u{1f52d}\t\r",
  "",
  "{RADIUS} {{TEXT}} {@workdir}",
])("the value %s is one argument, and nothing but its text", async (value) => {
  expect(await argumentsOf(["{TEXT}", "--text={TEXT}"].map(guarded), { TEXT: value })).toEqual([
    value,
    `--text=${value}`,
  ]);
});

const guarded = (arg: string) => ({ if: "TEXT", args: [arg] });

test("a value that begins with - never becomes an option", async () => {
  expect(await refusal([guarded("{TEXT}")], { TEXT: "--output=/etc/passwd" })).toContain('begins with "-"');
  expect(await refusal(["{RADIUS}"], { RADIUS: "-5" })).toContain('RADIUS: a value that begins with "-"');
  expect(await refusal([guarded("{TEXT}{RADIUS}")], { TEXT: "", RADIUS: "-5" })).toContain('begins with "-"');
  expect(await refusal([{ each: "NAMES", args: ["{NAMES}"] }], { NAMES: ["a", "-b"] })).toContain('begins with "-"');
});

test("… unless the template says that it may, or that no options follow", async () => {
  expect(await argumentsOf([guarded("--text={TEXT}")], { TEXT: "-x" })).toEqual(["--text=-x"]);
  expect(await argumentsOf([{ allowDash: "{RADIUS}" }], { RADIUS: "-5" })).toEqual(["-5"]);
  expect(await argumentsOf(["--", guarded("{TEXT}")], { TEXT: "-x" })).toEqual(["--", "-x"]);
});

test("a value -- ends no options", async () => {
  const args = [{ if: "TEXT", args: [{ allowDash: "{TEXT}" }] }, "{RADIUS}"];
  expect(await refusal(args, { TEXT: "--", RADIUS: "-5" })).toContain('begins with "-"');
});

test("a value with NUL, or longer than an argument may be, fails its job and runs nothing", async () => {
  expect(await refusal([guarded("{TEXT}")], { TEXT: "a\0b" })).toContain("NUL");
  expect(await refusal([guarded("--text={TEXT}")], { TEXT: "x".repeat(128 * 1024) })).toContain("131071 bytes");
});

test("defaults stand in, and what is absent takes its arguments along", async () => {
  const args = ["-r", "{RADIUS}", { if: "TEXT", args: ["-t", "{TEXT}"] }, { if: "FAST", args: ["--fast"] }];
  expect(await argumentsOf(args)).toEqual(["-r", "0.5"]);
  expect(await argumentsOf(args, { text: "x", fast: "1" })).toEqual(["-r", "0.5", "-t", "x", "--fast"]);
  expect(await argumentsOf(args, { FAST: "false" })).toEqual(["-r", "0.5"]);
});

test("arguments may stand for some values only", async () => {
  const args = [
    { if: "TEXT", is: ["deep", "deeper"], args: ["--deep"] },
    { if: "FAST", is: false, args: ["--slow"] },
  ];
  expect(await argumentsOf(args, { TEXT: "deep", FAST: "0" })).toEqual(["--deep", "--slow"]);
  expect(await argumentsOf(args, { TEXT: "flat", FAST: "1" })).toEqual([]);
});

test("a repeated parameter becomes several arguments", async () => {
  const args = [
    { if: "NAMES", args: ["--name={NAMES}"] },
    { each: "IDS", args: ["-i", "{IDS}"] },
  ];
  expect(await argumentsOf(args, { NAMES: ["a", "b c"], IDS: "7 4611686018427387905" })).toEqual([
    ...["--name=a", "--name=b c"],
    ...["-i", "7", "-i", "4611686018427387905"],
  ]);
  expect(await argumentsOf(args, { IDS: "[4611686018427387905, 8]" })).toEqual([
    "-i",
    "4611686018427387905",
    "-i",
    "8",
  ]);
});

test("braces that hold no name are braces, doubled ones a text", async () => {
  expect(await argumentsOf(["{ print $1 }", "{}", "{{TEXT}}", "a{1,2}"])).toEqual([
    "{ print $1 }",
    "{}",
    "{TEXT}",
    "a{1,2}",
  ]);
});

test("what the worker's description does not allow is not run", async () => {
  const run = await runCommand({ run: ["true"] }, { parameters: { RADIUS: "--help", OTHER: "1" } });
  expect(run.failure).toMatchObject({ kind: "fatal" });
  expect(run.failure?.message).toContain("do not fit version 1.0.0 of test");
  expect(run.failure?.detail).toContain("RADIUS");
  expect(run.failure?.detail).toContain("OTHER");
});

test("the program is the operator's choice", () => {
  expect(() => commandOf({ run: ["{RADIUS}"] })).toThrow("command.run.0: must not depend on a parameter");
});
