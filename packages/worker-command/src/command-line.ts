import { join } from "node:path";
import { parameterForm } from "@uws/description";
import { JobFailure, type ParameterEntry } from "@uws/worker";
import type { Command } from "./command.ts";
import { baseEnvironment, fillEnvironment } from "./environment.ts";
import { type Filling, fillArguments, fillFixed } from "./fill.ts";
import { findProgram } from "./find-program.ts";
import { type Input, planInputs } from "./inputs.ts";
import { type LimitState, limitPrefix } from "./limits.ts";
import type { Template } from "./template.ts";
import { valuesOf } from "./values.ts";
import { temporaryFolder } from "./working-directory.ts";

/** What a job makes of a command. */
export interface CommandLine {
  /** Limits, container, program and arguments. */
  readonly line: readonly [string, ...string[]];
  readonly environment: Readonly<Record<string, string>>;
  readonly inputs: readonly Input[];
  readonly filling: Filling;
  /** What ends the container; empty where there is none. */
  readonly kill: readonly string[];
}

/** The job, as far as a command may depend on it. */
export interface CommandJob {
  readonly jobId: string;
  readonly attempt: number;
  readonly parameters: readonly ParameterEntry[];
  readonly work: string;
}

/**
 * The command line of a job.
 * @param limits as this system keeps them
 * @param own the worker's environment
 * @throws JobFailure when a parameter cannot be passed
 */
export function commandLine(
  command: Command,
  { jobId, attempt, parameters, work }: CommandJob,
  limits: readonly LimitState[],
  own: Readonly<Record<string, string | undefined>>,
): CommandLine {
  const plan = planInputs(command, valuesOf(command.description, parameters));
  const truths = [...plan.parameters.keys()].filter((name) => parameterForm(command.description, name)?.truth === true);
  const filling: Filling = {
    parameters: plan.parameters,
    own: { "@workdir": work, "@here": command.here, "@job": jobId, "@attempt": String(attempt) },
    truths: new Set(truths),
  };
  const base = baseEnvironment(work, join(work, temporaryFolder));
  const environment = fillEnvironment(command.environment, filling, base, own);
  const fixed = (templates: readonly Template[]) => templates.map((template) => fillFixed(template, filling));
  const { container } = command;
  const [first = "", ...rest] = [
    ...(container === undefined ? [] : fixed(container.run)),
    fillFixed(command.program, filling),
    ...fillArguments(command.args, filling),
  ];
  const file = findProgram(first, environment.PATH ?? "");
  if (file === undefined) throw new JobFailure(`there is no program ${first}`, { kind: "transient", retryable: true });
  const [prefix = file, ...more] = [...limitPrefix(limits), file, ...rest];
  return {
    line: [prefix, ...more],
    environment,
    inputs: plan.inputs,
    filling,
    kill: container?.kill === undefined ? [] : fixed(container.kill),
  };
}
