import { type ChildProcess, fork } from "node:child_process";
import type { Assign__Output, Event } from "@uws/protocol";
import type { ConnectionOptions } from "../connection.ts";
import type { AttemptResources } from "../job-context.ts";
import { JobFailure } from "../job-failure.ts";
import type { JobInterrupted } from "../job-interrupted.ts";
import { JobReleased } from "../job-released.ts";
import type { JobRunner } from "../job-runner.ts";
import type { WorkerLogger } from "../logger.ts";
import { Acknowledgements } from "./acknowledgements.ts";
import { crashOf, type Exit } from "./crash.ts";
import { type FromChild, jobProcessVariable, type Outcome, type ToChild } from "./messages.ts";
import { OutputLines } from "./output-lines.ts";
import { OutputTail } from "./output-tail.ts";
import { ProcessGuard } from "./process-guard.ts";
import type { ProcessPerJob } from "./process-per-job.ts";
import type { ProcessSlots } from "./process-slots.ts";
import { jobProgram } from "./program.ts";

/** What the worker lends to the processes of its jobs. */
export interface ProcessHost {
  readonly connection: ConnectionOptions;
  readonly processes: ProcessSlots;
  readonly logger: WorkerLogger;
}

/** Bytes of stderr that become part of the job's error. */
const stderrTailBytes = 8 * 1024;
/** For a process to end after its handler has: `exit` listeners, temporary files. */
const leavingMs = 2_000;
/** For the last output of a process that has ended, which a process that left its group may hold open. */
const lastOutputMs = 1_000;

/** Runs each job in a process of its own. */
export function inOwnProcess(job: ProcessPerJob, host: ProcessHost): JobRunner {
  return (assign, resources) => {
    const running = new JobProcess(job, host, assign, resources);
    return {
      settled: host.processes.run(running, resources.signal, () => running.run()),
      kill: () => running.kill(),
    };
  };
}

/**
 * The process of one job, seen from the worker.
 *
 *  starting  the process was made, leader of its own group, and a guard that ends the group with the worker
 *            → running   it has said that it is ready: it gets the job
 *  running   its events go into the attempt's outbox; the signal's abort is handed on
 *            → leaving   the handler ended, and it said how
 *            → gone      it ended without a word: a crash, or kill()
 *  leaving   → gone      it ended; after a while it is killed
 *  gone      the process and its output have ended, and its group was killed: nothing that the job started is left, but for
 *            what has left the group
 */
class JobProcess {
  readonly #job: ProcessPerJob;
  readonly #host: ProcessHost;
  readonly #assign: Assign__Output;
  readonly #resources: AttemptResources;
  readonly #begun = performance.now();
  readonly #stderr = new OutputTail(stderrTailBytes);
  readonly #acknowledgements = new Acknowledgements();
  #child: ChildProcess | undefined;
  #outcome: Outcome | undefined;
  #killed = false;
  #exited = false;

  constructor(job: ProcessPerJob, host: ProcessHost, assign: Assign__Output, resources: AttemptResources) {
    this.#job = job;
    this.#host = host;
    this.#assign = assign;
    this.#resources = resources;
  }

  /** Resolves or rejects as the handler did, when the process is gone. */
  async run(): Promise<void> {
    const child = this.#forked();
    this.#child = child;
    const { signal } = this.#resources;
    const onAbort = () => this.#send({ interrupted: (signal.reason as JobInterrupted).code });
    const guard = child.pid === undefined ? undefined : new ProcessGuard(child.pid);
    child.on("message", (message: FromChild) => {
      if ("event" in message) this.#event(message.event);
      else if ("outcome" in message) this.#leaves(message.outcome);
      else
        void this.#guarded(guard).then(() => {
          this.#start();
          if (signal.aborted) onAbort();
          else signal.addEventListener("abort", onAbort, { once: true });
        });
    });
    try {
      this.#conclude(await this.#gone(child));
    } finally {
      guard?.end();
      signal.removeEventListener("abort", onAbort);
    }
  }

  /** Ends the process with everything that it started. */
  kill(): void {
    if (this.#exited) return;
    this.#killed = true;
    this.#killGroup();
  }

  #killGroup(): void {
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      // Nobody is left in it.
    }
  }

  /** @throws JobFailure when there is no room for a process; elsewhere or later there may be */
  #forked(): ChildProcess {
    try {
      return this.#fork();
    } catch (cause) {
      throw notStarted(cause);
    }
  }

  #fork(): ChildProcess {
    const { file, args } = jobProgram();
    const child = fork(file, args, {
      // A group of its own, to be killed as one, and not reached by a Ctrl-C that is meant for the worker.
      detached: true,
      serialization: "advanced",
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      env: { ...process.env, [jobProcessVariable]: "1" },
      ...(this.#job.execArgv && { execArgv: [...this.#job.execArgv] }),
    });
    child.stderr?.on("data", (chunk: Buffer) => this.#stderr.add(chunk));
    for (const [output, level] of [
      [child.stdout, "info"],
      [child.stderr, "warn"],
    ] as const) {
      const lines = new OutputLines((line) => this.#host.logger[level](`job ${this.#assign.jobId}: ${line}`));
      output?.on("data", (chunk: Buffer) => lines.add(chunk));
      output?.on("end", () => lines.end());
    }
    return child;
  }

  /** The job begins under guard only: what it does not let go of its thread for must not outlive us. */
  async #guarded(guard: ProcessGuard | undefined): Promise<void> {
    await guard?.watching.catch((error: unknown) => {
      this.#host.logger.warn(`without /bin/sh a busy job may outlive its worker: ${String(error)}`);
    });
  }

  /** @throws JobFailure when there never was a process */
  async #gone(child: ChildProcess): Promise<Exit> {
    const closed = new Promise((resolve) => child.on("close", resolve));
    const disconnected = new Promise((resolve) => child.on("disconnect", resolve));
    const exit = await new Promise<Exit>((resolve, reject) => {
      child.on("exit", (code, signal) => resolve({ code, signal }));
      child.on("error", (error) => {
        // A message that found nobody is no news: the exit is.
        if (child.pid === undefined) reject(error);
      });
    }).catch((cause: unknown) => {
      throw notStarted(cause);
    });
    this.#exited = true;
    // What it started and left behind.
    this.#killGroup();
    // What it has said is in our pipes. We may be late to read it, however, after a long computation or a SIGSTOP: time
    // alone proves nothing, and a turn of the event loop is left for it.
    const late = setTimeout(
      () =>
        setImmediate(() => {
          child.stdout?.destroy();
          child.stderr?.destroy();
          if (child.connected) child.disconnect();
        }),
      lastOutputMs,
    );
    await Promise.all([closed, disconnected]);
    clearTimeout(late);
    return exit;
  }

  #start(): void {
    const { module, exportName } = this.#job;
    const { timeAllowedMs } = this.#assign;
    // The server's clock runs since it gave the job away, not since its process is there.
    const left = timeAllowedMs > 0 ? Math.max(1, timeAllowedMs - (performance.now() - this.#begun)) : 0;
    this.#send({
      start: {
        module,
        exportName,
        assign: { ...this.#assign, timeAllowedMs: left },
        limits: this.#resources.limits(),
        connection: this.#host.connection,
      },
    });
  }

  #event({ sequence: number, progress, log, result, checkpoint }: Event): void {
    const { outbox } = this.#resources;
    const sequence = Number(number);
    this.#acknowledgements.begin(sequence);
    const taken = () => this.#send({ acknowledged: this.#acknowledgements.done(sequence) });
    if (result) return void outbox.result(result).then(taken);
    if (progress) outbox.progress(progress);
    else if (log) outbox.log(log);
    else if (checkpoint?.state) outbox.checkpoint(checkpoint.state as Uint8Array);
    taken();
  }

  #leaves(outcome: Outcome): void {
    this.#outcome = outcome;
    setTimeout(() => this.kill(), leavingMs).unref();
  }

  #conclude(exit: Exit): void {
    const outcome = this.#outcome;
    if (outcome === undefined) {
      if (this.#killed) throw this.#resources.signal.reason ?? new Error("the job's process was killed");
      throw crashOf(exit, this.#stderr.text(), this.#job.retryCrashes);
    }
    if (outcome.kind === "failed") throw new JobFailure(outcome.message, outcome.failure);
    if (outcome.kind === "released") throw new JobReleased(outcome.reason, outcome.checkpoint);
  }

  #send(message: ToChild): void {
    if (this.#child?.connected) this.#child.send(message, () => {});
  }
}

function notStarted(cause: unknown): JobFailure {
  return new JobFailure("the job's process could not be started", { kind: "transient", retryable: true, cause });
}
