import type { ChildProcess } from "node:child_process";
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
import { forkJobProcess } from "./fork-job-process.ts";
import type { FromChild, Outcome, ToChild } from "./messages.ts";
import { OutputTail } from "./output-tail.ts";
import { ProcessEnd } from "./process-end.ts";
import { groupGone, killGroup } from "./process-group.ts";
import { ProcessGuard } from "./process-guard.ts";
import type { ProcessPerJob } from "./process-per-job.ts";
import type { ProcessSlots } from "./process-slots.ts";

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
    const { execArgv } = this.#job;
    const child = forkJobProcess(execArgv, this.#assign.jobId, this.#host.logger);
    this.#child = child;
    child.stderr?.on("data", (chunk: Buffer) => this.#stderr.add(chunk));
    const end = new ProcessEnd(child);
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
      const exit = await end.exit;
      this.#exited = true;
      if (child.pid !== undefined) {
        // What it started and left behind.
        killGroup(child.pid);
        await groupGone(child.pid);
      }
      await end.lastWords();
      this.#conclude(exit);
    } finally {
      guard?.end();
      signal.removeEventListener("abort", onAbort);
    }
  }

  /** Ends the process with everything that it started. */
  kill(): void {
    if (this.#exited) return;
    this.#killed = true;
    if (this.#child?.pid !== undefined) killGroup(this.#child.pid);
  }

  /** The job begins under guard only: what it does not let go of its thread for must not outlive us. */
  async #guarded(guard: ProcessGuard | undefined): Promise<void> {
    await guard?.watching.catch((error: unknown) => {
      this.#host.logger.warn(`without /bin/sh a busy job may outlive its worker: ${String(error)}`);
    });
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
