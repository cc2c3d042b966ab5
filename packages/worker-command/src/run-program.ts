import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { JobFailure } from "@uws/worker";
import type { Stream } from "./command.ts";
import type { Exit } from "./exits.ts";
import type { Guard } from "./guard.ts";
import { killJob, restOfJobGone } from "./job-processes.ts";
import type { LimitState } from "./limits.ts";
import { Watch } from "./watch.ts";

/** Milliseconds for the last output of a command that has ended, which a process that got away may hold open. */
const lastOutputMs = 1_000;

/** Milliseconds for the program that ends a container. */
const elsewhereMs = 10_000;

/** A program to run as a job. */
export interface Program {
  /** The program, by an absolute path, and its arguments. */
  readonly line: readonly [string, ...string[]];
  readonly work: string;
  readonly environment: Readonly<Record<string, string>>;
  /** A container stands before the program. */
  readonly contained: boolean;
  /** Found in the environment of everything that it starts. */
  readonly mark: string;
  readonly stdin: FileHandle | undefined;
  readonly limits: readonly LimitState[];
  /** Streams that are kept in files, with the bytes that they may have. */
  readonly kept: ReadonlyMap<Stream, { readonly file: string; readonly maxBytes: number }>;
  readonly onOutput: (stream: Stream, chunk: Buffer) => void;
  readonly guard: Guard;
  /** Asks it to end (SIGTERM). */
  readonly signal: AbortSignal;
  /** Ends it, and all that it has started. */
  readonly killed: AbortSignal;
  /** Ends what runs elsewhere on its behalf, when it was stopped; empty = nothing does. */
  readonly kill: readonly string[];
}

/**
 * Runs a program to its end: nothing of what it started is left then, and its output has been read.
 * @throws JobFailure when it cannot be started, or has exceeded a limit that we look after
 */
export async function runProgram(program: Program): Promise<Exit> {
  const files = await openKept(program);
  try {
    return await run(program, files);
  } finally {
    for (const file of files.values()) await file.close();
  }
}

async function run(program: Program, files: ReadonlyMap<Stream, FileHandle>): Promise<Exit> {
  const { signal, killed, guard, mark } = program;
  const { child, exit } = await started(program);
  const leader = child.pid ?? 0;
  guard.started(leader);
  offerToOutOfMemoryKiller(leader);
  let exceeded: JobFailure | undefined;
  const stop = (failure: JobFailure) => {
    exceeded ??= failure;
    void killJob(leader, mark);
  };
  const terminate = () => signalGroup(leader, "SIGTERM");
  const kill = () => void killJob(leader, mark);
  const outputs = (["stdout", "stderr"] as const).map((stream) =>
    readOutput(child[stream], program, stream, files.get(stream), stop),
  );
  const watch = new Watch(program.limits, leader, program.work, stop);
  onAbort(signal, terminate);
  onAbort(killed, kill);
  try {
    const ended = await exit;
    // What makes a container may end at SIGTERM (bubblewrap does) while the program in it still tidies up.
    if (program.contained && signal.aborted) await restOfJobGone(leader, mark, killed);
    // What it started and left behind.
    await killJob(leader, mark);
    if (exceeded !== undefined || signal.aborted || killed.aborted) await endElsewhere(program);
    // Time alone proves nothing: we may be late to read, and a turn of the event loop is left for it.
    const late = setTimeout(() => setImmediate(() => stopListening(child)), lastOutputMs);
    await Promise.all(outputs);
    clearTimeout(late);
    if (exceeded !== undefined) throw exceeded;
    return ended;
  } finally {
    watch.end();
    signal.removeEventListener("abort", terminate);
    killed.removeEventListener("abort", kill);
  }
}

function started({ line: [file, ...args], work, environment, stdin }: Program) {
  return new Promise<{ child: ChildProcess; exit: Promise<Exit> }>((resolve, reject) => {
    const fail = (cause: unknown) =>
      // There was no room for a process, or the program is being replaced: elsewhere or later it may work.
      reject(new JobFailure("the command could not be started", { kind: "transient", retryable: true, cause }));
    try {
      const child = spawn(file, args, {
        cwd: work,
        env: { ...environment },
        stdio: [stdin?.fd ?? "ignore", "pipe", "pipe"],
        // A group of its own, to be ended as one, and not reached by a Ctrl-C that is meant for the worker.
        detached: true,
      });
      const exit = new Promise<Exit>((resolve) => child.on("exit", (code, signal) => resolve({ code, signal })));
      child.on("error", fail);
      child.on("spawn", () => resolve({ child, exit }));
    } catch (cause) {
      fail(cause);
    }
  });
}

/** Ends a container: its client has gone, and it may not have heard. */
async function endElsewhere({ kill: [file, ...args], environment }: Program): Promise<void> {
  if (file === undefined) return;
  const child = spawn(file, args, {
    env: { ...environment },
    stdio: "ignore",
    timeout: elsewhereMs,
    killSignal: "SIGKILL",
  });
  await new Promise((resolve) => child.on("exit", resolve).on("error", resolve));
}

/** Hands on what comes out, and keeps it where it is a result. Resolves at its end, or when we stop listening. */
function readOutput(
  output: Readable | null,
  { kept, onOutput }: Program,
  stream: Stream,
  file: FileHandle | undefined,
  stop: (failure: JobFailure) => void,
): Promise<void> {
  const maxBytes = kept.get(stream)?.maxBytes ?? 0;
  let bytes = 0;
  let written = Promise.resolve();
  output?.on("data", (chunk: Buffer) => {
    onOutput(stream, chunk);
    if (file === undefined) return;
    bytes += chunk.length;
    if (bytes > maxBytes) return stop(new JobFailure(`the command wrote more than ${maxBytes} bytes to ${stream}`));
    // Not faster than the disk takes it.
    output.pause();
    written = written
      .then(() => file.appendFile(chunk))
      .catch((cause) =>
        stop(new JobFailure(`${stream} could not be kept`, { kind: "transient", retryable: true, cause })),
      )
      .finally(() => output.resume());
  });
  const ended = new Promise<void>((resolve) => output?.on("close", resolve).on("error", () => resolve()));
  return ended.then(() => written);
}

async function openKept({ kept }: Program): Promise<Map<Stream, FileHandle>> {
  const opened = new Map<Stream, FileHandle>();
  for (const [stream, { file }] of kept) opened.set(stream, await open(file, "wx", 0o600));
  return opened;
}

function stopListening({ stdout, stderr }: ChildProcess): void {
  stdout?.destroy();
  stderr?.destroy();
}

function onAbort(signal: AbortSignal, then: () => void): void {
  if (signal.aborted) then();
  else signal.addEventListener("abort", then, { once: true });
}

function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch {
    // Nobody is left in it.
  }
}

/** When memory is short, the kernel (Linux) shall take a command rather than the worker, who can tell what happened. */
function offerToOutOfMemoryKiller(leader: number): void {
  const file = `/proc/${leader}/oom_score_adj`;
  try {
    writeFileSync(file, String(Math.min(1000, Number(readFileSync(file, "utf8")) + 300)));
  } catch {
    // Another system, or not allowed, or it has ended already.
  }
}
