import { type Job, UwsError } from "@uws/core";
import { abortJob, archiveJob, deleteJob } from "@uws/store";
import type { ServiceExchange } from "./exchange.ts";
import type { Service } from "./service.ts";

/*
 * How a client ends a job. Each is one command of the store; what follows it are the wake-ups of those who should know,
 * which may all be lost.
 */

/** PHASE=ABORT: the worker is told to stop; what it has stored stays. */
export async function abort({ api }: ServiceExchange, job: Job): Promise<void> {
  const aborted = await abortJob(api.store, job.id);
  if (aborted === false) throw refused(job, "aborted");
  if (aborted.token !== undefined) api.dispatch.news.cancel([{ token: aborted.token, reason: "aborted" }]);
  api.dispatch.news.tell([{ id: job.id, phase: "ABORTED" }]);
  // There may be room for another one in the queue's window.
  api.dispatch.doorbell.ring(job.type);
}

/** PHASE=ARCHIVE, of a job that has ended: its files go, what is known about it stays (UWS 1.1, section 2.1.3). */
export async function archive({ api, service }: ServiceExchange, job: Job): Promise<void> {
  if (!(await archiveJob(api.store, job.id, service.keepArchived))) throw refused(job, "archived");
  api.dispatch.news.tell([{ id: job.id, phase: "ARCHIVED" }]);
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

/** Why a job may not be started where the service does not hold those above the quota. */
export function overQuota({ path, quota }: Pick<Service, "path" | "quota">): UwsError {
  return new UwsError(
    "forbidden",
    `Over quota: ${quota?.active} jobs wait or run at ${path}, which is as many as one owner may have; try again when one has ended.`,
  );
}
