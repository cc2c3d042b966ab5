import { type Job, UwsError } from "@uws/core";
import { abortJob, deleteJob, runJob } from "@uws/store";
import { checkParameters } from "./create-job/check-parameters.ts";
import type { ServiceExchange } from "./exchange.ts";

/*
 * What a client may do to a job. Each is one command of the store; what follows it are the wake-ups of those who should
 * know, which may all be lost.
 */

/** PHASE=RUN: what was missing until now must be there (UWS 1.1, section 2.2.3.4). */
export async function run({ api, service }: ServiceExchange, job: Job): Promise<void> {
  const problems = checkParameters(service.description, job.parameters, { complete: true });
  if (problems.length > 0) throw new UwsError("invalid", problems.join("\n"));
  if (!(await runJob(api.store, job.id))) throw refused(job, "started");
  api.dispatch.doorbell.ring(job.type);
  api.dispatch.news.tell([{ id: job.id, phase: "QUEUED" }]);
}

/** PHASE=ABORT: the worker is told to stop; what it has stored stays. */
export async function abort({ api }: ServiceExchange, job: Job): Promise<void> {
  const aborted = await abortJob(api.store, job.id);
  if (aborted === false) throw refused(job, "aborted");
  if (aborted.token !== undefined) api.dispatch.news.cancel([{ token: aborted.token, reason: "aborted" }]);
  api.dispatch.news.tell([{ id: job.id, phase: "ABORTED" }]);
  // There may be room for another one in the queue's window.
  api.dispatch.doorbell.ring(job.type);
}

/** Removes a job for good. That somebody else was faster is no failure. */
export async function destroy({ api }: ServiceExchange, job: Job): Promise<void> {
  const gone = await deleteJob(api.store, job.id);
  if (gone === false) return;
  if (gone.token !== undefined) api.dispatch.news.cancel([{ token: gone.token, reason: "destroyed" }]);
  api.dispatch.news.tell([{ id: job.id, gone: true }]);
  api.dispatch.doorbell.ring(job.type);
}

/** The phase is the one that was read; if it has changed since, the message is a little behind. */
export function refused({ phase }: Job, participle: string): UwsError {
  return new UwsError("forbidden", `The job is ${phase} and cannot be ${participle}.`);
}
