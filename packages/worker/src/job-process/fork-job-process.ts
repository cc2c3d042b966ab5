import { type ChildProcess, fork } from "node:child_process";
import type { WorkerLogger } from "../logger.ts";
import { jobProcessVariable } from "./messages.ts";
import { OutputLines } from "./output-lines.ts";
import { notStarted } from "./process-end.ts";
import { jobProgram } from "./program.ts";

/**
 * Starts the process of a job, leader of a group of its own, and hands on the lines that it writes.
 * @throws JobFailure
 */
export function forkJobProcess(execArgv: readonly string[] | undefined, jobId: string, logger: WorkerLogger) {
  const child = forked(execArgv);
  const outputs = [
    [child.stdout, "info"],
    [child.stderr, "warn"],
  ] as const;
  for (const [output, level] of outputs) {
    const lines = new OutputLines((line) => logger[level](`job ${jobId}: ${line}`));
    output?.on("data", (chunk: Buffer) => lines.add(chunk));
    output?.on("end", () => lines.end());
  }
  return child;
}

function forked(execArgv: readonly string[] | undefined): ChildProcess {
  const { file, args } = jobProgram();
  try {
    return fork(file, args, {
      // A group of its own, to be killed as one, and not reached by a Ctrl-C that is meant for the worker.
      detached: true,
      serialization: "advanced",
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      env: { ...process.env, [jobProcessVariable]: "1" },
      ...(execArgv && { execArgv: [...execArgv] }),
    });
  } catch (cause) {
    throw notStarted(cause);
  }
}
