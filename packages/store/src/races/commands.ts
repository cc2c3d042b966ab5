import { abortJob } from "../commands/abort-job.ts";
import { acceptAttempts } from "../commands/accept-attempts.ts";
import { addResult } from "../commands/add-result.ts";
import { archiveJob } from "../commands/archive-job.ts";
import { abortDueJobs, archiveJobs } from "../commands/archive-jobs.ts";
import { changeJob } from "../commands/change-job.ts";
import { claimJobs } from "../commands/claim-jobs.ts";
import { completeAttempts } from "../commands/complete-attempts.ts";
import { deleteJob } from "../commands/delete-job.ts";
import { destroyJobs } from "../commands/destroy-jobs.ts";
import { dispatchJobs } from "../commands/dispatch-jobs.ts";
import { expireAttempts } from "../commands/expire-attempts.ts";
import { failAttempts } from "../commands/fail-attempts.ts";
import { loseLeases } from "../commands/lose-leases.ts";
import { markSilent } from "../commands/mark-silent.ts";
import { recordEvents } from "../commands/record-events.ts";
import { releaseAttempts } from "../commands/release-attempts.ts";
import { renewLeases } from "../commands/renew-leases.ts";
import { suspendJob, unsuspendJob } from "../commands/suspend-job.ts";
import { unclaimJobs } from "../commands/unclaim-jobs.ts";
import type { Store } from "../store.ts";
import type { RacedJob } from "./states.ts";

const hour = 3_600_000;
const limit = 10;

/** One command, given to the one job that is there. @param who tells apart what the two of a pair bring along */
export type Give = (store: Store, job: RacedJob, who: "first" | "second") => Promise<unknown>;

export interface RacedCommand {
  readonly give: Give;
  /** A sweep passes by what somebody else is changing, and comes again. */
  readonly sweep?: boolean;
  /** The time that must be over for the sweep to find the job. */
  readonly due?: "heard_at" | "lease_until" | "deadline" | "accept_by" | "destruction";
}

/** Every command of the store that changes a job. */
export const racedCommands: Readonly<Record<string, RacedCommand>> = {
  run: { give: (store, { id }) => changeJob(store, id, { run: { quota: undefined } }) },
  "new execution duration": { give: (store, { id }) => changeJob(store, id, { executionDuration: 30 }) },
  abort: { give: (store, { id }) => abortJob(store, id) },
  archive: { give: (store, { id }) => archiveJob(store, id, undefined) },
  delete: { give: (store, { id }) => deleteJob(store, id) },
  suspend: { give: (store, { id }) => suspendJob(store, id) },
  unsuspend: { give: (store, { id }) => unsuspendJob(store, id) },
  claim: {
    give: (store, { id }, who) => claimJobs(store, [{ id, token: `${id}.${who}`, worker: who }], hour),
  },
  accept: { give: (store, by) => acceptAttempts(store, [attempt(by)], hour) },
  heartbeat: { give: (store, by) => renewLeases(store, [attempt(by)], hour) },
  events: {
    give: (store, by, who) =>
      recordEvents(store, [
        {
          ...attempt(by),
          sequence: who === "first" ? 6 : 7,
          progress: { fraction: who === "first" ? 0.6 : 0.7, message: "", counters: {} },
          log: [{ sequence: who === "first" ? 6 : 7, level: "info", message: who }],
          checkpoint: null,
        },
      ]),
  },
  checkpoint: {
    give: (store, by) =>
      recordEvents(store, [{ ...attempt(by), sequence: 8, progress: null, log: [], checkpoint: btoa("state") }]),
  },
  result: {
    give: (store, by, who) => {
      const location = { key: `jobs/${by.id}/${who}`, sha256: "s" };
      return addResult(store, attempt(by), { id: "raced", mediaType: "a/b", size: 1, location }, 9);
    },
  },
  complete: { give: (store, by) => completeAttempts(store, [attempt(by)]) },
  fail: { give: (store, by) => failAttempts(store, [{ ...failure(by), retryable: false }]) },
  "fail for another attempt": { give: (store, by) => failAttempts(store, [{ ...failure(by), retryable: true }]) },
  release: { give: (store, by) => releaseAttempts(store, [{ ...attempt(by), reason: "r", checkpoint: null }]) },
  "release with a checkpoint": {
    give: (store, by) => releaseAttempts(store, [{ ...attempt(by), reason: "r", checkpoint: btoa("state") }]),
  },
  dispatch: { sweep: true, give: (store) => dispatchJobs(store, ["simulate"], limit) },
  unclaim: { sweep: true, due: "accept_by", give: (store) => unclaimJobs(store, limit) },
  silent: { sweep: true, due: "heard_at", give: (store) => markSilent(store, hour, limit) },
  lose: { sweep: true, due: "lease_until", give: (store) => loseLeases(store, { base: 0, max: 0 }, limit) },
  expire: { sweep: true, due: "deadline", give: (store) => expireAttempts(store, limit) },
  destroy: { sweep: true, due: "destruction", give: (store) => destroyJobs(store, [], limit) },
  "archive when due": {
    sweep: true,
    due: "destruction",
    give: (store) => archiveJobs(store, [{ service: "simulate", keep: null }], limit),
  },
  "abort when due": { sweep: true, due: "destruction", give: (store) => abortDueJobs(store, ["simulate"], limit) },
};

const attempt = ({ id, token }: RacedJob) => ({ job: id, token: token ?? `${id}.nobody` });
const failure = (by: RacedJob) => ({ ...attempt(by), type: "fatal", message: "m", detail: "", retryDelay: 0 }) as const;
