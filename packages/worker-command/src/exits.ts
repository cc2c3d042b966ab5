import { constants } from "node:os";
import { JobFailure } from "@uws/worker";
import type { Command, ExitRule } from "./command.ts";

/** How a command ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * What the end of a command means for its job.
 * @param stderr the end of it
 * @returns undefined when the command is complete
 */
export function failureOfExit(
  { exits, limits }: Pick<Command, "exits" | "limits">,
  { code, signal }: Exit,
  stderr: string,
): JobFailure | undefined {
  if (signal !== null) return failure(`killed by ${signal}`, signalMeaning(signal, limits), stderr);
  const rule = exits.get(code ?? -1);
  if (rule === undefined && code === 0) return undefined;
  if (rule?.outcome === "complete") return undefined;
  return failure(`exit status ${code}`, rule ?? statusMeaning(code ?? -1, limits), stderr);
}

type Meaning = Pick<ExitRule, "outcome" | "message"> & { readonly delaySeconds?: number };

function failure(how: string, { outcome, message, delaySeconds = 0 }: Meaning, stderr: string): JobFailure {
  const detail = stderr === "" ? `${how}; nothing on stderr` : `${how}; the end of stderr:\n${stderr}`;
  return new JobFailure(message ?? `the command ended with ${how}`, {
    kind: outcome === "fatal" ? "fatal" : "transient",
    retryable: outcome === "retry",
    retryDelayMs: delaySeconds * 1000,
    detail,
  });
}

/** A shell, or another program that starts others, tells of a signal by 128 and its number. */
function statusMeaning(code: number, limits: Command["limits"]): Meaning {
  const name = Object.entries(constants.signals).find(([, number]) => code === 128 + number)?.[0];
  if (name === undefined) return { outcome: "fatal", message: undefined };
  const { outcome, message } = signalMeaning(name, limits);
  return { outcome, message: `${message} (exit status ${code})` };
}

/** A SIGKILL that was not ours is most likely the kernel, short of memory, which depends on what else ran. */
function signalMeaning(signal: string, { cpuSeconds, fileSize }: Command["limits"]): Meaning & { message: string } {
  if (signal === "SIGXCPU") {
    const limit = cpuSeconds === undefined ? "it was allowed" : `${cpuSeconds} s`;
    return { outcome: "fatal", message: `the command used more processor time than ${limit} (limits.cpuSeconds)` };
  }
  if (signal === "SIGXFSZ") {
    const limit = fileSize === undefined ? "it was allowed" : `${fileSize} bytes`;
    return { outcome: "fatal", message: `the command wrote a larger file than ${limit} (limits.fileSize)` };
  }
  if (signal === "SIGKILL")
    return { outcome: "transient", message: "the command was killed by SIGKILL (out of memory?)" };
  return { outcome: "fatal", message: `the command was killed by ${signal}` };
}
