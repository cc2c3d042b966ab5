import { expect } from "bun:test";
import fc from "fast-check";
import type { AttemptRef } from "../attempt.ts";
import { newAttemptToken } from "../attempt.ts";
import { acceptAttempts } from "../commands/accept-attempts.ts";
import { addResult } from "../commands/add-result.ts";
import { claimJobs } from "../commands/claim-jobs.ts";
import { completeAttempts } from "../commands/complete-attempts.ts";
import { failAttempts } from "../commands/fail-attempts.ts";
import { recordEvents } from "../commands/record-events.ts";
import { releaseAttempts } from "../commands/release-attempts.ts";
import { renewLeases } from "../commands/renew-leases.ts";
import { newJobId } from "../job-id.ts";
import type { Store } from "../store.ts";
import {
  type Bearer,
  beginAnew,
  endAttempt,
  isWaiting,
  type JobModel,
  type Model,
  move,
  runs,
  tokenOf,
} from "./job-model.ts";
import { at, bearer, job } from "./pick.ts";
import { type Act, steps } from "./step.ts";

/** No time passes in a sequence, except where a command says so. */
const hour = 3_600_000;

const checkpoint = fc.constantFrom(null, btoa("state"));

async function claim(input: { job: number }, model: Model, store: Store): Promise<JobModel[]> {
  const target = at(model, input.job);
  const token = newAttemptToken(target.id);
  const claimed = await claimJobs(store, [{ id: target.id, token, worker: "w1" }], hour);
  const free = isWaiting(target) && target.token === undefined && !target.waits;
  expect(claimed.map(({ id, attempt }) => ({ id, attempt }))).toEqual(
    free ? [{ id: target.id, attempt: target.outcomes.length + 1 }] : [],
  );
  if (!free) {
    // Nobody has it, and nobody ever will.
    target.oldTokens.push(token);
    return [];
  }
  target.token = token;
  return [target];
}

async function accept(input: { job: number; bearer: Bearer }, model: Model, store: Store): Promise<JobModel[]> {
  const target = at(model, input.job);
  const token = tokenOf(model, target, input.bearer);
  const resumes = target.phase === "SUSPENDED";
  const accepted = await acceptAttempts(store, [{ job: target.id, token }], hour);
  const allowed = token === target.token && move(target, "accept");
  expect(accepted).toEqual(allowed ? [{ id: target.id, type: "simulate" }] : []);
  if (!allowed) return [];
  target.outcomes.push(null);
  target.started = true;
  target.eventSequence = 0;
  if (!resumes) target.progress = null;
  return [target];
}

/** A write of a worker: none happens but for the attempt that holds the job. */
function writes<Input extends { job: number; bearer: Bearer }>(
  act: (input: Input, target: JobModel, by: AttemptRef, holds: boolean, store: Store) => Promise<void>,
): Act<Input> {
  return async (input, model, store) => {
    const target = at(model, input.job);
    const token = tokenOf(model, target, input.bearer);
    const holds = runs(target) && token === target.token;
    await act(input, target, { job: target.id, token }, holds, store);
    return holds ? [target] : [];
  };
}

const ids = (rows: readonly { id: string; token: string }[]) => rows.map(({ id, token }) => ({ id, token }));
const told = ({ job: id, token }: AttemptRef, holds: boolean) => (holds ? [{ id, token }] : []);

export const start = steps("start", fc.record({ job }), async (input, model, store) => [
  ...(await claim(input, model, store)),
  ...(await accept({ ...input, bearer: "current" }, model, store)),
]);

export const events = steps(
  "events",
  fc.record({
    job,
    bearer,
    sequence: fc.integer({ min: 1, max: 6 }),
    fraction: fc.option(fc.constantFrom(0, 0.25, 0.5, 0.75, 1)),
    log: fc.boolean(),
    checkpoint: fc.oneof(
      { weight: 5, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.constant(btoa("saved")) },
    ),
  }),
  writes(async (input, target, by, holds, store) => {
    const stored = await recordEvents(store, [
      {
        ...by,
        sequence: input.sequence,
        progress: input.fraction === null ? null : { fraction: input.fraction, message: "", counters: {} },
        log: input.log ? [{ sequence: input.sequence, level: "info", message: "m" }] : [],
        checkpoint: input.checkpoint,
      },
    ]);
    expect(stored).toEqual(told(by, holds));
    if (!holds) return;
    move(target, "heard");
    // What comes again was stored before.
    if (input.log && input.sequence > target.eventSequence) {
      target.logs.add(`${target.outcomes.length}:${input.sequence}`);
    }
    target.eventSequence = Math.max(target.eventSequence, input.sequence);
    if (input.fraction !== null) target.progress = Math.max(target.progress ?? 0, input.fraction);
    if (input.checkpoint !== null) target.checkpoint = true;
  }),
);

export const release = steps(
  "release",
  fc.record({ job, bearer, checkpoint }),
  writes(async (input, target, by, holds, store) => {
    const released = await releaseAttempts(store, [{ ...by, reason: "r", checkpoint: input.checkpoint }]);
    expect(ids(released)).toEqual(told(by, holds));
    if (!holds) return;
    target.checkpoint ||= input.checkpoint !== null;
    move(target, target.checkpoint ? "suspend" : "requeue");
    endAttempt(target, "released");
    if (target.phase === "QUEUED") beginAnew(target);
    expect(released.map(({ phase }) => phase)).toEqual([target.phase ?? "QUEUED"]);
  }),
);

export const complete = steps(
  "complete",
  fc.record({ job, bearer }),
  writes(async (_, target, by, holds, store) => {
    expect(ids(await completeAttempts(store, [by]))).toEqual(told(by, holds));
    if (!holds) return;
    move(target, "complete");
    endAttempt(target, "completed");
    target.progress = 1;
    target.checkpoint = false;
  }),
);

export const workerCommands = [
  steps("claim", fc.record({ job }), claim),
  steps("accept", fc.record({ job, bearer }), accept),
  steps(
    "result",
    fc.record({ job, bearer, id: fc.constantFrom("a", "b"), sequence: fc.nat(6) }),
    writes(async (input, target, by, holds, store) => {
      const key = newJobId();
      const result = { id: input.id, mediaType: "a/b", size: 1, location: { key, sha256: "s" } };
      expect(await addResult(store, by, result, input.sequence)).toBe(holds ? "added" : "fenced");
      if (!holds) return;
      move(target, "heard");
      target.eventSequence = Math.max(target.eventSequence, input.sequence);
      const replaced = target.results.get(input.id);
      if (replaced !== undefined) target.garbage.push(replaced);
      target.results.set(input.id, key);
    }),
  ),
  steps(
    "heartbeat",
    fc.record({ job, bearer }),
    writes(async (_, target, by, holds, store) => {
      const renewed = await renewLeases(store, [by], hour);
      const heardAgain = holds && move(target, "heard");
      expect(renewed).toEqual(
        told(by, holds).map((row) => ({ ...row, eventSequence: target.eventSequence, heardAgain })),
      );
    }),
  ),
  complete,
  steps(
    "fail",
    fc.record({ job, bearer, retryable: fc.boolean(), later: fc.nat(3).map((n) => n === 3) }),
    writes(async (input, target, by, holds, store) => {
      const { retryable, later } = input;
      const failure = { ...by, type: "fatal" as const, message: "m", detail: "", retryable };
      const failed = await failAttempts(store, [{ ...failure, retryDelay: later ? hour : 0 }]);
      expect(ids(failed)).toEqual(told(by, holds));
      if (!holds) return;
      target.failures += 1;
      const again = retryable && target.failures < target.maxAttempts;
      move(target, again ? "requeue" : "fail");
      endAttempt(target, again ? "retried" : "failed");
      if (again) {
        beginAnew(target);
        target.waits = later;
      } else target.error = "fatal";
      expect(failed.map(({ phase }) => phase)).toEqual([target.phase ?? "ERROR"]);
    }),
  ),
];
