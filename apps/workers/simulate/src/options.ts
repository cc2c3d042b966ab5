import { JobFailure, type Parameters } from "@uws/worker";

const outcomes = ["complete", "error", "fatal", "retry", "crash", "exit", "hang", "release"] as const;
export type Outcome = (typeof outcomes)[number];

/** What a job was told to do. */
export interface Options {
  readonly durationMs: number;
  readonly steps: number;
  /** Log lines of each step. */
  readonly logs: number;
  readonly outcome: Outcome;
  /** The outcome holds for this many attempts, later ones complete; 0 = for all. */
  readonly faultyAttempts: number;
  readonly results: number;
  readonly resultBytes: number;
}

/** Reads a job's parameters. The server has checked them already, unless it has no description of this type. */
export function optionsOf(parameters: Parameters): Options {
  return {
    durationMs: numberOf(parameters, "DURATION", 1) * 1_000,
    steps: wholeNumberOf(parameters, "STEPS", 10),
    logs: wholeNumberOf(parameters, "LOGS", 0),
    outcome: outcomeOf(parameters),
    faultyAttempts: wholeNumberOf(parameters, "FAULTY_ATTEMPTS", 0),
    results: wholeNumberOf(parameters, "RESULTS", 1),
    resultBytes: wholeNumberOf(parameters, "RESULT_BYTES", 1_024),
  };
}

function outcomeOf(parameters: Parameters): Outcome {
  const value = parameters.get("OUTCOME")?.toLowerCase() ?? "complete";
  const outcome = outcomes.find((known) => known === value);
  if (!outcome) throw new JobFailure(`OUTCOME is one of ${outcomes.join(", ")}, not ${value}`);
  return outcome;
}

function wholeNumberOf(parameters: Parameters, name: string, otherwise: number): number {
  const value = numberOf(parameters, name, otherwise);
  if (!Number.isSafeInteger(value)) throw new JobFailure(`${name} is a whole number, not ${value}`);
  return value;
}

function numberOf(parameters: Parameters, name: string, otherwise: number): number {
  const text = parameters.get(name);
  if (text === undefined) return otherwise;
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!Number.isFinite(value) || value < 0) throw new JobFailure(`${name} is a number from 0 up, not "${text}"`);
  return value;
}
