import { readFileSync, writeFileSync } from "node:fs";
import { Connection } from "../connection.ts";
import { failureOf, isJobReleased } from "../failure-of.ts";
import type { JobHandler } from "../job.ts";
import { detailOf } from "../job-failure.ts";
import { JobInterrupted } from "../job-interrupted.ts";
import { runHandlerOf } from "../job-runner.ts";
import { Outbox } from "../outbox.ts";
import { withResolvers } from "../with-resolvers.ts";
import { type FromChild, jobProcessVariable, type Outcome, type Start, type ToChild } from "./messages.ts";

/** Whether this process was made for one job. */
export function isJobProcess(): boolean {
  return process.env[jobProcessVariable] !== undefined && process.send !== undefined;
}

/**
 * Events that may wait for the worker. More than for the server: a handler that never lets go of its thread hears no
 * acknowledgement, and its progress should be seen all the same.
 */
const outboxLimits = { maxEvents: 10_000 };

/** Runs the one job of this process and ends it. Never returns. */
export async function runJobHere(): Promise<never> {
  // What this process starts is not the process of a job.
  delete process.env[jobProcessVariable];
  // Whoever stops a service tells each of its processes. The worker decides what becomes of its jobs.
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => {});
  offerToOutOfMemoryKiller();
  for (const stream of [process.stdout, process.stderr]) writeAtOnce(stream);
  process.on("disconnect", endWithWorker);
  process.on("uncaughtException", crash);
  process.on("unhandledRejection", crash);

  const controller = new AbortController();
  const outbox = new Outbox("", outboxLimits);
  outbox.attach(({ event }) => event && void post({ event }), 0);
  const started = withResolvers<Start>();
  process.on("message", (message: ToChild) => {
    if ("start" in message) started.resolve(message.start);
    else if ("acknowledged" in message) outbox.acknowledge(message.acknowledged);
    else controller.abort(new JobInterrupted(message.interrupted));
  });
  void post({ ready: true });

  const { assign, limits, connection, module, exportName } = await started.promise;
  const resources = {
    signal: controller.signal,
    outbox,
    connection: new Connection(connection),
    limits: () => limits,
  };
  let outcome: Outcome = { kind: "completed" };
  try {
    await runHandlerOf(assign, resources, () => handlerOf(module, exportName));
  } catch (error) {
    outcome = outcomeOf(error);
  }
  outbox.finish(() => ({}));
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  await post({ outcome });
  process.exit(0);
}

async function handlerOf(module: string, exportName: string): Promise<JobHandler> {
  const exported = ((await import(module)) as Record<string, unknown>)[exportName];
  if (typeof exported !== "function") throw new TypeError(`${module} has no function ${exportName}`);
  return exported as JobHandler;
}

function outcomeOf(error: unknown): Outcome {
  if (isJobReleased(error)) {
    const { message: reason, checkpoint } = error;
    return { kind: "released", reason, ...(checkpoint && { checkpoint }) };
  }
  const failure = failureOf(error);
  const { kind, retryable, retryDelayMs } = failure;
  return {
    kind: "failed",
    message: failure.message,
    failure: { kind, detail: detailOf(failure), retryable, retryDelayMs },
  };
}

function post(message: FromChild): Promise<void> {
  return new Promise((resolve) => process.send?.(message, undefined, undefined, () => resolve()));
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write("", () => resolve()));
}

/**
 * What Node does by itself, and Bun 1.4.5 does not while a top-level await is pending: it reports the error and goes on.
 */
function crash(error: unknown): void {
  console.error(error);
  process.exit(1);
}

/**
 * Node loses what the worker has not read yet when a handler calls `process.exit`: its pipes to a parent are sockets, and
 * it does not wait for them as its documentation has it. Bun does, and has no such handle. Node's own handle is the only way.
 */
function writeAtOnce(stream: NodeJS.WriteStream & { _handle?: { setBlocking?: (blocking: boolean) => void } }): void {
  stream._handle?.setBlocking?.(true);
}

/**
 * When memory is short, the kernel (Linux) shall take a job's process rather than the worker, who can tell what happened,
 * and whose other jobs would be lost. What the process starts inherits this.
 */
function offerToOutOfMemoryKiller(): void {
  const file = "/proc/self/oom_score_adj";
  try {
    writeFileSync(file, String(Math.min(1000, Number(readFileSync(file, "utf8")) + 300)));
  } catch {
    // Another system, or not allowed.
  }
}

/** The worker is gone: so is the job, and whatever it started. */
function endWithWorker(): void {
  process.kill(-process.pid, "SIGKILL");
}
