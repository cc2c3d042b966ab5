/** Handlers for `processPerJob`, as tests need them: each process loads this module anew. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JobContext } from "../job.ts";
import { JobFailure } from "../job-failure.ts";
import { wait } from "../wait.ts";

/** Everything that a handler can see and say. */
export async function everything(job: JobContext): Promise<void> {
  console.log("on stdout");
  console.error("on stderr");
  job.log.info("begun");
  job.progress(0.5, "half", { rows: 7 });
  job.saveCheckpoint(Buffer.from("halfway"));
  await job.result("small", "42", "text/plain");
  await job.result("elsewhere", { reference: "https://example.org/r", size: 9 }, "text/csv");
  await job.result("large", Buffer.alloc(300_000, "x"), "application/octet-stream");
  await job.result("made", () => pieces(), "text/plain");
  const path = join(tmpdir(), `uws-${process.pid}`);
  await writeFile(path, "from a file");
  await job.result("file", { path }, "text/plain");
  await rm(path);
  const { jobId, jobType, jobTypeVersion, attempt, runId, owner, traceContext } = job;
  const seen = { jobId, jobType, jobTypeVersion, attempt, runId, owner, traceContext };
  const parameters = { ra: job.parameters.get("RA"), dec: job.parameters.all("dec") };
  const table = job.parameters.file("TABLE");
  const file = table && { filename: table.filename, size: table.size, text: await table.text() };
  const more = { deadline: job.deadline instanceof Date, checkpoint: Buffer.from(job.checkpoint ?? []).toString() };
  await job.result("seen", JSON.stringify({ ...seen, ...more, parameters, file }), "application/json");
}

async function* pieces(): AsyncGenerator<string> {
  for (let piece = 0; piece < 10_000; piece++) yield `piece ${piece}\n`;
}

/** Says in its progress which process it is. */
function sayPid(job: JobContext, more: Record<string, number> = {}): void {
  job.progress(0.1, "begun", { pid: process.pid, ...more });
}

export async function fails(): Promise<void> {
  throw new JobFailure("closed", { kind: "transient", detail: "for the night", retryable: true, retryDelayMs: 7 });
}

export async function throws(): Promise<void> {
  throw new TypeError("a mistake");
}

export async function releases(job: JobContext): Promise<void> {
  job.release("later", Buffer.from("state"));
}

/** Ends its process as its parameter STATUS says, with words on stderr before. */
export async function exits(job: JobContext): Promise<void> {
  for (let line = 0; line < 2_000; line++) console.error(`line ${line} of what went wrong: äöü`);
  process.exit(Number(job.parameters.get("STATUS")));
}

/** A mistake that is nobody's promise. */
export async function crashes(): Promise<void> {
  setTimeout(() => {
    throw new Error("nobody caught this");
  });
  await new Promise<never>(() => {});
}

/** What the kernel does when there is no memory left. */
export async function killed(): Promise<void> {
  process.kill(process.pid, "SIGKILL");
  await new Promise<never>(() => {});
}

/** Deaf, busy, and not alone: what it has started has started something itself. */
export async function busy(job: JobContext): Promise<void> {
  const shell = spawn("sh", ["-c", "sleep 1000 >/dev/null & echo $!; wait"], { stdio: ["ignore", "pipe", "ignore"] });
  const [sleeper] = await once(shell.stdout, "data");
  sayPid(job, { sleeper: Number(sleeper) });
  for (;;);
}

/** Reports, but never lets go of its thread. */
export async function reportsBusily(job: JobContext): Promise<void> {
  for (let step = 0; ; step++) job.progress(0, "still here", { step });
}

/** Waits for its signal and tidies up. */
export async function obedient(job: JobContext): Promise<void> {
  sayPid(job);
  await new Promise((resolve) => job.signal.addEventListener("abort", resolve, { once: true }));
  job.log.info(`told: ${(job.signal.reason as { code: string }).code}`);
  job.release("told to", Buffer.from("tidy"));
}

/** Done, but something of it goes on. */
export async function leavesSomethingBehind(job: JobContext): Promise<void> {
  const sleeper = spawn("sleep", ["1000"], { stdio: ["ignore", "inherit", "inherit"] });
  await once(sleeper, "spawn");
  sayPid(job, { sleeper: sleeper.pid ?? 0 });
  setInterval(() => {}, 1_000);
}

/** Ends when the file that it is told of is there. */
export async function waitsForFile(job: JobContext): Promise<void> {
  sayPid(job);
  const file = job.parameters.get("FILE") ?? "";
  while (!existsSync(file)) await wait(20, job.signal);
}

/** Says two things at once and is gone. */
export async function hurries(job: JobContext): Promise<void> {
  job.progress(0.5, "half");
  job.progress(1, "done");
}

/** Done, but its process does not want to end. */
export async function lingers(job: JobContext): Promise<void> {
  sayPid(job);
  process.on("exit", () => {
    for (;;);
  });
}

/** Starts what lives on, with its output in hand. */
export async function escapes(job: JobContext): Promise<void> {
  const sleeper = spawn("sleep", ["1000"], { stdio: ["ignore", "inherit", "inherit"], detached: true });
  await once(sleeper, "spawn");
  sayPid(job, { sleeper: sleeper.pid ?? 0 });
}
