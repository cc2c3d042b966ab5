import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { type JobContext, JobFailure, type ProgramHandler, type WorkerLogger } from "@uws/worker";
import { OutputTail } from "@uws/worker/job-process";
import { collectOutputs, keptStreams } from "./collect-outputs.ts";
import type { Command } from "./command.ts";
import { commandLine } from "./command-line.ts";
import { markVariable } from "./environment.ts";
import { failureOfExit } from "./exits.ts";
import { Guard } from "./guard.ts";
import { openStdin, saveInputs } from "./inputs.ts";
import type { LimitState } from "./limits.ts";
import { runProgram } from "./run-program.ts";
import { Lines } from "./streams.ts";
import { makeWorkingDirectory, type WorkingDirectory } from "./working-directory.ts";

/** Bytes of stderr that become part of a job's error. */
const stderrTailBytes = 8 * 1024;
/** Beyond a job's time the server has ended it. If it is out of reach, we do so a little later. */
const overtimeMs = 5_000;

/** What a worker lends to the commands of its jobs. */
export interface CommandHost {
  /** Folder of the working directories. */
  readonly folder: string;
  readonly limits: readonly LimitState[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly logger: WorkerLogger;
}

/** The handler that does a job by its command. */
export function commandHandler(command: Command, host: CommandHost): ProgramHandler {
  return async (job, killed) => {
    const directory = await makeWorkingDirectory(host.folder);
    try {
      await runCommand(command, host, job, killed, directory);
    } finally {
      await directory.remove().catch((error: unknown) => {
        host.logger.warn(`${directory.root} cannot be removed: ${String(error)}`);
      });
    }
  };
}

async function runCommand(
  command: Command,
  host: CommandHost,
  job: JobContext,
  killed: AbortSignal,
  directory: WorkingDirectory,
): Promise<void> {
  const { root, work } = directory;
  const { jobId, attempt } = job;
  const parameters = job.parameters.entries();
  const made = commandLine(command, { jobId, attempt, parameters, work }, host.limits, host.environment);
  await saveInputs(made.inputs, work, command.limits.directory);
  const stdin = await openStdin(command, made.filling, directory);
  const mark = randomUUID();
  const guard = new Guard(mark, root, made.kill);
  const tail = new OutputTail(stderrTailBytes);
  const lines = new Lines(command, job);
  const late = overtime(job);
  try {
    await guard.watching;
    job.signal.throwIfAborted();
    const exit = await runProgram({
      line: made.line,
      work,
      environment: { ...made.environment, [markVariable]: mark },
      contained: command.container !== undefined,
      mark,
      stdin,
      limits: host.limits,
      kept: new Map(
        [...keptStreams(command)].map(([stream, { maxBytes }]) => [stream, { file: join(root, stream), maxBytes }]),
      ),
      onOutput(stream, chunk) {
        if (stream === "stderr") tail.add(chunk);
        lines.add(stream, chunk);
      },
      guard,
      signal: AbortSignal.any([job.signal, late.signal]),
      killed: AbortSignal.any([killed, late.killed]),
      kill: made.kill,
    });
    lines.end();
    job.signal.throwIfAborted();
    if (late.signal.aborted) throw new JobFailure("the command took longer than the job is allowed to");
    const failure = failureOfExit(command, exit, tail.text());
    if (failure !== undefined) throw failure;
    await collectOutputs(command, { work, streams: root }, job);
  } catch (error) {
    job.signal.throwIfAborted();
    throw error;
  } finally {
    late.end();
    guard.end();
    await stdin?.close();
  }
}

/** Ends a command whose time is over although no server says so. */
function overtime({ deadline }: JobContext) {
  const signal = new AbortController();
  const killed = new AbortController();
  const timers: ReturnType<typeof setTimeout>[] = [];
  if (deadline !== undefined) {
    // setTimeout knows no times beyond 2³¹ ms.
    const after = (ms: number, end: AbortController) => {
      if (ms < 2 ** 31) timers.push(setTimeout(() => end.abort(), Math.max(1, ms)).unref());
    };
    const left = deadline.getTime() - Date.now();
    after(left + overtimeMs, signal);
    after(left + 2 * overtimeMs, killed);
  }
  return {
    signal: signal.signal,
    killed: killed.signal,
    end() {
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
