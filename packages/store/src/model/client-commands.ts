import { expect } from "bun:test";
import fc from "fast-check";
import { abortJob } from "../commands/abort-job.ts";
import { archiveJob } from "../commands/archive-job.ts";
import { changeJob } from "../commands/change-job.ts";
import { createJob } from "../commands/create-job.ts";
import { deleteJob } from "../commands/delete-job.ts";
import { newJobId } from "../job-id.ts";
import type { Quota } from "../quota.ts";
import type { Store } from "../store.ts";
import {
  abortedNow,
  archivedNow,
  destroyedNow,
  isWaiting,
  type JobModel,
  type Model,
  move,
  newJobModel,
  runs,
} from "./job-model.ts";
import { at, job } from "./pick.ts";
import { steps } from "./step.ts";

/** More jobs in one sequence would only make it less likely that two commands meet at one of them. */
const jobsAtMost = 3;

const quota = fc.option(fc.record({ active: fc.nat(2), over: fc.constantFrom("hold" as const, "refuse" as const) }), {
  nil: undefined,
  freq: 2,
});

function isFull(model: Model, limit: Quota | undefined): boolean {
  if (limit === undefined) return false;
  return model.jobs.filter((each) => isWaiting(each) || runs(each)).length >= limit.active;
}

export interface Creation {
  readonly run: boolean;
  readonly maxAttempts: number;
  readonly quota: Quota | undefined;
}

/** Creates a job, in the store and in the model. */
export async function create(input: Creation, model: Model, store: Store): Promise<JobModel[]> {
  const id = newJobId();
  const full = input.run && isFull(model, input.quota);
  const created = await createJob(store, {
    id,
    service: "simulate",
    type: "simulate",
    description: "digest",
    owner: "ada",
    runId: undefined,
    parameters: [],
    executionDuration: 600,
    destruction: undefined,
    ...input,
  });
  if (full && input.quota?.over === "refuse") {
    expect(created).toEqual({ outcome: "over_quota" });
    return [];
  }
  const made = newJobModel(id, "PENDING", input.maxAttempts);
  if (input.run) move(made, full ? "hold" : "run");
  expect(created).toEqual({ outcome: "created", phase: made.phase ?? "PENDING" });
  model.jobs.push(made);
  return [made];
}

export const run = steps("run", fc.record({ job, quota }), async (input, model, store) => {
  const target = at(model, input.job);
  const full = isFull(model, input.quota);
  const allowed = target.phase === "PENDING" || target.phase === "HELD";
  const changed = await changeJob(store, target.id, { run: { quota: input.quota } });
  if (!allowed) {
    expect(changed).toEqual({ outcome: "refused" });
    return [];
  }
  if (full && input.quota?.over === "refuse") {
    expect(changed).toEqual({ outcome: "over_quota" });
    return [];
  }
  move(target, full ? "hold" : "run");
  expect(changed).toEqual({ outcome: "changed", phase: target.phase ?? "PENDING" });
  return [target];
});

export const archive = steps("archive", fc.record({ job }), async (input, model, store) => {
  const target = at(model, input.job);
  const allowed = move(target, "archive");
  expect(await archiveJob(store, target.id, undefined)).toBe(allowed);
  if (!allowed) return [];
  archivedNow(target);
  return [target];
});

export const abort = steps("abort", fc.record({ job }), async (input, model, store) => {
  const target = at(model, input.job);
  const { token } = target;
  const ran = runs(target);
  const aborted = await abortJob(store, target.id);
  if (!move(target, "abort")) {
    expect(aborted).toBe(false);
    return [];
  }
  expect(aborted).toEqual({ token });
  abortedNow(target, ran);
  return [target];
});

export const clientCommands = [
  steps(
    "create",
    fc.record({ run: fc.boolean(), maxAttempts: fc.integer({ min: 1, max: 3 }), quota }),
    async (input, model, store) => (model.jobs.length < jobsAtMost ? create(input, model, store) : []),
  ),
  abort,
  steps("delete", fc.record({ job }), async (input, model, store) => {
    const target = at(model, input.job);
    const { token } = target;
    expect(await deleteJob(store, target.id)).toEqual(target.phase === undefined ? false : { token });
    if (target.phase === undefined) return [];
    destroyedNow(target);
    return [target];
  }),
];
