import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseDescriptionFile } from "@uws/description";
import { type HandlerRun, type RunHandlerOptions, runHandler, silentLogger } from "@uws/worker/testing";
import { stringify } from "yaml";
import type { Command } from "./command.ts";
import { commandHandler } from "./command-handler.ts";
import { limitStates } from "./limits.ts";
import { parseCommand } from "./parse-command.ts";

/** Parameters of every kind. */
export const properties = {
  TEXT: { type: "string" },
  RADIUS: { type: "number", default: 0.5 },
  FAST: { type: "boolean" },
  NAMES: { type: "array", items: { type: "string" } },
  IDS: { type: "array", items: { type: "integer" } },
  TABLE: { "x-file": {} },
};

/** A description with this command, as an operator's file has it. */
export function descriptionText(command: unknown, more: Record<string, unknown> = {}): string {
  return stringify({
    ...{ name: "test", version: "1.0.0", title: "Test" },
    parameters: { type: "object", properties, additionalProperties: false },
    ...more,
    command,
  });
}

/** @throws UwsError as a worker that starts would */
export function commandOf(command: unknown, more: Record<string, unknown> = {}, here = "/nowhere"): Command {
  return parseCommand(parseDescriptionFile(descriptionText(command, more), "test.yaml"), here);
}

/** A job that was run by its command in a folder of its own, and what was left there afterwards. */
export interface CommandRun extends HandlerRun {
  readonly left: readonly string[];
}

export interface CommandRunOptions extends RunHandlerOptions {
  readonly environment?: Record<string, string>;
  readonly killed?: AbortSignal;
  readonly description?: Record<string, unknown>;
}

export async function runCommand(command: unknown, options: CommandRunOptions = {}): Promise<CommandRun> {
  const folder = await mkdtemp(join(tmpdir(), "uws-command-test-"));
  try {
    const parsed = commandOf(command, options.description);
    const { environment = {}, killed = new AbortController().signal } = options;
    const handler = commandHandler(parsed, {
      ...{ folder, environment, logger: silentLogger },
      limits: limitStates(parsed.limits),
    });
    const run = await runHandler((job) => handler(job, killed), options);
    return { ...run, left: await readdir(folder) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A program that says what its arguments are. */
export const showArguments = ["sh", "-c", 'for each; do printf "%s\\0" "$each"; done', "sh"];

/** What a program that was started by `showArguments` got. */
export function shownArguments(run: HandlerRun): string[] {
  if (run.outcome !== "completed") throw run.error;
  return (run.results.get("out")?.text ?? "").split("\0").slice(0, -1);
}

export const stdoutAsResult = { id: "out", stream: "stdout", mediaType: "text/plain" };

/** A script, as an operator would write one: fixed, with the job's values in its arguments. */
export function script(text: string, ...args: unknown[]): unknown[] {
  return ["sh", "-c", text, "sh", ...args];
}
