import { isRemotePhase, type JobFilter, type RemotePhase, remotePhases } from "@uws/client";
import type { Command } from "commander";
import { usageError } from "./command-error.ts";
import { parseTime } from "./times.ts";

/** What says which jobs of a list are meant. */
export interface FilterOptions {
  readonly phase: readonly string[];
  readonly after?: string;
  readonly before?: string;
  readonly runId?: string;
  readonly type?: string;
  readonly param: readonly string[];
}

export function filterOptions(command: Command): Command {
  return command
    .option(
      "--phase <phase>",
      "only those in this phase; may be repeated, or several with commas between them",
      collect,
      [],
    )
    .option("--after <time>", "only those created later: 2026-12-31T12:00:00 (UTC), or 15m, 12h, 30d ago")
    .option("--before <time>", "only those created earlier, likewise")
    .option("--run-id <id>", "only those of this run id")
    .option("--type <type>", "only those of this job type (of bun-uws)")
    .option("--param <name=value>", "only those with this parameter (of bun-uws); may be repeated", collect, []);
}

/** Gathers an option that may be repeated. */
export function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

/** @throws CommandError that says what is allowed */
export function readFilter({ phase, after, before, runId, type, param }: FilterOptions): JobFilter {
  const now = new Date();
  return {
    phases: phase.flatMap((text) => text.split(",")).map(parsePhase),
    after: after === undefined ? undefined : parseTime("--after", after, -1, now),
    before: before === undefined ? undefined : parseTime("--before", before, -1, now),
    runId,
    type,
    parameters: Object.fromEntries(param.map(parseParameter)),
  };
}

/** Whether a filter leaves all jobs. */
export function isEmpty({ phase, after, before, runId, type, param }: FilterOptions): boolean {
  return phase.length + param.length === 0 && [after, before, runId, type].every((value) => value === undefined);
}

function parsePhase(text: string): RemotePhase {
  const phase = text.toUpperCase();
  if (isRemotePhase(phase)) return phase;
  throw usageError(`--phase must be of ${remotePhases.join(", ")}.`);
}

function parseParameter(text: string): [name: string, value: string] {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return [name, value];
  throw usageError(`--param must be NAME=value, and not ${text}.`);
}
