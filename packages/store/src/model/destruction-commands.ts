import { expect } from "bun:test";
import fc from "fast-check";
import { abortDueJobs, archiveJobs } from "../commands/archive-jobs.ts";
import { destroyJobs } from "../commands/destroy-jobs.ts";
import { abortedNow, archivedNow, destroyedNow, type JobModel, look, type Model, move, runs } from "./job-model.ts";
import { at, job } from "./pick.ts";
import { steps } from "./step.ts";

const limit = 100;
const service = "simulate";

/** The jobs whose destruction time has come, and that are still there. */
const dueJobs = ({ jobs }: Model) => jobs.filter(({ due, phase }) => due && phase !== undefined);

const byId = (rows: readonly { id: string }[]) => new Map(rows.map((row) => [row.id, row]));

/** What happens when destruction times come, on services that archive and on others. */
export const destructionCommands = [
  steps("the destruction time comes", fc.record({ job }), async (input, model, store) => {
    const target = at(model, input.job);
    await store.sql`update jobs set destruction = uws_now() - interval '1 hour' where id = ${target.id}`;
    model.seen = (await look(model, store)).jobs;
    target.due = true;
    return [];
  }),
  steps("abort what is due", fc.constant({}), async (_, model, store) => {
    const expected = new Map<string, object>();
    const touched: JobModel[] = [];
    for (const each of dueJobs(model)) {
      const ran = runs(each);
      const { token } = each;
      if (!move(each, "abort")) continue;
      expected.set(each.id, { id: each.id, token: token ?? null });
      abortedNow(each, ran);
      touched.push(each);
    }
    expect(byId(await abortDueJobs(store, [service], limit))).toEqual(expected as never);
    return touched;
  }),
  steps("archive what is due", fc.constant({}), async (_, model, store) => {
    const touched = dueJobs(model).filter((each) => move(each, "archive"));
    for (const each of touched) {
      archivedNow(each);
      // It is kept for ever.
      each.due = false;
    }
    const archived = await archiveJobs(store, [{ service, keep: null }], limit);
    expect(byId(archived)).toEqual(byId(touched.map(({ id }) => ({ id }))));
    return touched;
  }),
  steps("destroy what is due", fc.record({ archives: fc.boolean() }), async ({ archives }, model, store) => {
    const touched = dueJobs(model).filter(({ phase }) => !archives || phase === "ARCHIVED");
    const expected = byId(touched.map(({ id, token }) => ({ id, token: token ?? null })));
    for (const each of touched) destroyedNow(each);
    expect(byId(await destroyJobs(store, archives ? [service] : [], limit))).toEqual(expected);
    return touched;
  }),
];
