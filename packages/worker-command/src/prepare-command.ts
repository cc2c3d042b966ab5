import { UwsError } from "@uws/core";
import type { WorkerLogger } from "@uws/worker";
import type { Command } from "./command.ts";
import { defaultPath } from "./environment.ts";
import { findProgram } from "./find-program.ts";
import { type LimitState, limitStates } from "./limits.ts";

/**
 * Finds out whether a command can be run here, and says how its limits are kept.
 * @returns the limits that are kept
 * @throws UwsError `invalid` when its program is not there, or a limit that it asks for cannot be kept
 */
export function prepareCommand(
  command: Command,
  environment: Readonly<Record<string, string | undefined>>,
  logger: Pick<WorkerLogger, "info" | "warn">,
): LimitState[] {
  const { name, version } = command.description;
  const [program, path] = firstProgram(command, environment);
  if (findProgram(program, path) === undefined) {
    const where = program.includes("/") ? "" : ` in ${path}`;
    throw new UwsError("invalid", `${name}: command.run.0: there is no program ${program}${where}`);
  }
  const states = limitStates(command.limits);
  const lost = states.filter(({ by }) => by === undefined);
  if (lost.length > 0 && !command.limits.bestEffort) {
    const lines = lost.map(({ name: limit, why }) => `${name}: command.limits.${limit}: cannot be kept here: ${why}`);
    throw new UwsError("invalid", [...lines, "(limits.bestEffort: true goes without)"].join("\n"));
  }
  const kept = states.filter(({ by }) => by !== undefined);
  const told = kept.map((limit) => `${limit.name} ${limit.value} (${limit.by})`).join(", ");
  logger.info(`${name} ${version}: limits: ${told || "none"}`);
  for (const { name: limit, why } of lost) logger.warn(`${name}: limits.${limit} is not kept: ${why}`);
  if (command.container !== undefined) {
    logger.info(
      `${name}: limits hold for ${program}, and for what it starts itself, not for what a service of its starts`,
    );
  }
  return kept;
}

/** The program that is started, as far as it is known before there is a job, and where it is looked for. */
function firstProgram(
  { program, container, here, environment: { inherit, set } }: Command,
  environment: Readonly<Record<string, string | undefined>>,
): [program: string, path: string] {
  const first = container?.run[0] ?? program;
  const text = first.parts.map((part) =>
    "text" in part ? part.text : "own" in part && part.own === "@here" ? here : "",
  );
  const ownPath = set.find(([name]) => name === "PATH")?.[1].parts.map((part) => ("text" in part ? part.text : ""));
  const inherited = inherit.includes("PATH") ? environment.PATH : undefined;
  return [text.join(""), ownPath?.join("") ?? inherited ?? defaultPath];
}
