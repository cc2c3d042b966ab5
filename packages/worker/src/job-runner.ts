import type { Assign__Output } from "@uws/protocol";
import type { JobHandler } from "./job.ts";
import { AttemptContext, type AttemptResources } from "./job-context.ts";

/** A handler at work on one attempt. */
export interface Run {
  /** Settles as the handler does, when all of its results are stored. */
  readonly settled: Promise<void>;
  /** Ends it by force, whereupon `settled` rejects once nothing of it is left. A handler in our own process cannot be ended so. */
  readonly kill?: () => void;
}

/** What runs the jobs of a type. */
export type JobRunner = (assign: Assign__Output, resources: AttemptResources) => Run;

/** Runs the handler in this process, beside others. */
export function concurrent(handler: JobHandler): JobRunner {
  return (assign, resources) => ({ settled: runHandlerOf(assign, resources, () => handler) });
}

/** The way of every handler, in whatever process: its return, and its results. */
export async function runHandlerOf(
  assign: Assign__Output,
  resources: AttemptResources,
  handler: () => JobHandler | Promise<JobHandler>,
): Promise<void> {
  const context = new AttemptContext(assign, resources);
  const run = await handler();
  await run(context);
  await context.settleResults();
}
