import type { JobContext } from "../job.ts";
import { type JobRunner, runHandlerOf } from "../job-runner.ts";
import type { ProcessSlots } from "./process-slots.ts";

/**
 * Runs a job by a program of its own.
 * @param killed is aborted when the grace that followed the abort of `job.signal` is over, or the worker ends: nothing of the
 * job may be left when the handler settles
 */
export type ProgramHandler = (job: JobContext, killed: AbortSignal) => Promise<void>;

/** A job type whose handler can end by force what it has started. Made by `programPerJob`. */
export class ProgramPerJob {
  readonly handler: ProgramHandler;

  constructor(handler: ProgramHandler) {
    this.handler = handler;
  }
}

/**
 * For handlers that start processes themselves: they are told to end by `job.signal`, and by force by `killed`. Until such a
 * handler has settled its slot is taken, and its attempt does not end.
 *
 * @example
 * await startWorker({
 *   jobs: {
 *     pack: programPerJob(async (job, killed) => {
 *       const child = spawn("gzip", [file], { detached: true });
 *       job.signal.addEventListener("abort", () => child.kill());
 *       killed.addEventListener("abort", () => child.kill("SIGKILL"));
 *       await once(child, "exit");
 *     }),
 *   },
 * });
 */
export function programPerJob(handler: ProgramHandler): ProgramPerJob {
  return new ProgramPerJob(handler);
}

/** Runs the handler in this process, with the means to end it by force. */
export function byProgram({ handler }: ProgramPerJob, processes: ProcessSlots): JobRunner {
  return (assign, resources) => {
    const killed = new AbortController();
    const running = { kill: () => killed.abort(resources.signal.reason) };
    const run = () => runHandlerOf(assign, resources, () => (job) => handler(job, killed.signal));
    return { settled: processes.run(running, resources.signal, run), kill: running.kill };
  };
}
