import { expect } from "bun:test";
import fc from "fast-check";
import { dispatchJobs } from "../commands/dispatch-jobs.ts";
import { expireAttempts } from "../commands/expire-attempts.ts";
import { loseLeases } from "../commands/lose-leases.ts";
import { markSilent } from "../commands/mark-silent.ts";
import { unclaimJobs } from "../commands/unclaim-jobs.ts";
import type { Store } from "../store.ts";
import {
  beginAnew,
  endAttempt,
  isWaiting,
  type JobModel,
  look,
  type Model,
  move,
  runs,
  takeToken,
} from "./job-model.ts";
import { at, job } from "./pick.ts";
import { steps } from "./step.ts";

const limit = 100;
const hour = 3_600_000;
/** A sweep finds one job due, or none. */
const sweep = fc.record({ job, due: fc.nat(4).map((n) => n > 0) });

/** Lets a time of a job be over. It is the test that does it: what the row is from then on, is no doing of the store. */
async function pass(
  column: "heard_at" | "lease_until" | "deadline" | "accept_by" | "available_at",
  input: { job: number; due: boolean },
  model: Model,
  store: Store,
): Promise<JobModel | undefined> {
  if (!input.due) return undefined;
  const target = at(model, input.job);
  const { sql } = store;
  await sql`
    update jobs set ${sql(column)} = uws_now() - interval '2 hours'
    where id = ${target.id} and ${sql(column)} is not null`;
  model.seen = (await look(model, store)).jobs;
  return target;
}

export const silent = steps("silent", sweep, async (input, model, store) => {
  const late = await pass("heard_at", input, model, store);
  const silent = await markSilent(store, hour, limit);
  const moved = late !== undefined && move(late, "silent");
  expect(silent).toEqual(moved ? [{ id: late.id }] : []);
  return moved ? [late] : [];
});

export const keeperCommands = [
  steps("lose", fc.record({ sweep, later: fc.nat(3).map((n) => n === 3) }), async (input, model, store) => {
    const late = await pass("lease_until", input.sweep, model, store);
    const lost = await loseLeases(store, input.later ? { base: hour, max: hour } : { base: 0, max: 0 }, limit);
    if (late === undefined || !runs(late)) {
      expect(lost).toEqual([]);
      return [];
    }
    const { token } = late;
    late.failures += 1;
    const again = late.failures < late.maxAttempts;
    move(late, again ? "requeue" : "lose");
    endAttempt(late, "lost");
    if (again) {
      beginAnew(late);
      late.waits = input.later;
    } else late.error = "transient";
    expect(lost).toEqual([{ id: late.id, token: token ?? "", type: "simulate", phase: late.phase ?? "ERROR" }]);
    return [late];
  }),
  steps("expire", sweep, async (input, model, store) => {
    const late = await pass("deadline", input, model, store);
    const expired = await expireAttempts(store, limit);
    const token = late?.token ?? "";
    if (late === undefined || !move(late, "expire")) {
      expect(expired).toEqual([]);
      return [];
    }
    expect(expired).toEqual([{ id: late.id, token }]);
    endAttempt(late, "expired");
    late.error = "fatal";
    late.checkpoint = false;
    return [late];
  }),
  steps("unclaim", sweep, async (input, model, store) => {
    const late = await pass("accept_by", input, model, store);
    const taken = await unclaimJobs(store, limit);
    if (late?.token === undefined || !isWaiting(late)) {
      expect(taken).toEqual([]);
      return [];
    }
    expect(taken).toEqual([{ token: late.token, type: "simulate" }]);
    takeToken(late);
    late.dispatched = false;
    return [late];
  }),
  steps("dispatch", fc.constant({}), async (_, model, store) => {
    const ready = model.jobs.filter(
      (each) => isWaiting(each) && each.token === undefined && !each.dispatched && !each.waits,
    );
    for (const each of ready) {
      each.dispatched = true;
      each.dispatches += 1;
    }
    const dispatched = await dispatchJobs(store, ["simulate"], limit);
    expect(new Map(dispatched.map((each) => [each.id, each]))).toEqual(
      new Map(
        ready.map(({ id, outcomes, dispatches }) => [
          id,
          { id, type: "simulate", attempt: outcomes.length + 1, dispatches },
        ]),
      ),
    );
    return ready;
  }),
  steps("the backoff is over", fc.record({ job }), async (input, model, store) => {
    const target = await pass("available_at", { ...input, due: true }, model, store);
    if (target !== undefined) target.waits = false;
    return [];
  }),
];
