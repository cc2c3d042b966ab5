import { limits, type Phase, phases, transitions, UwsError } from "@uws/core";
import { batchSelectionQuery, parseBatchSelection } from "@uws/representation";
import { abortJobs, archiveEndedJobs, deleteJobs, findJobs, type JobListFilter, listJobsPage } from "@uws/store";
import { jsonAnswer } from "./answers.ts";
import { readFields } from "./body/read-fields.ts";
import type { Api } from "./dependencies.ts";
import type { ServiceExchange } from "./exchange.ts";
import { listCursor, readListCursor } from "./list-cursor.ts";
import type { Service } from "./service.ts";

/** What can be done to many jobs at once. */
export const manyActions = ["abort", "delete", "archive"] as const;
export type ManyAction = (typeof manyActions)[number];

/** A job to which it is not done, and why. */
interface Refused {
  readonly jobId: string;
  readonly code: "not_found" | "forbidden";
  readonly detail: string;
}

interface Chosen {
  readonly ids: readonly string[];
  readonly refused: readonly Refused[];
  /** Where to ask for the rest; undefined: there is none. */
  readonly next?: string | undefined;
}

/** From which phases each is possible: the transition table, and for a deletion all of them. */
export const fromPhases: Readonly<Record<ManyAction, readonly Phase[]>> = {
  abort: transitions.abort.from,
  delete: phases,
  archive: transitions.archive.from,
};

/**
 * Does something to the jobs of a filter, or of these ids: to as many as one batch may have, by one statement, which judges each
 * job by its phase at that moment. Where the filter fits more, the answer says where to go on.
 */
export async function changeManyFromRequest(exchange: ServiceExchange, action: ManyAction): Promise<Response> {
  const { api, service, requestId } = exchange;
  // Names beside as many ids as there may be.
  const fields = await readFields(exchange, undefined, limits.batchJobs + limits.listParameters + 20);
  const given = new URLSearchParams(
    fields.map((field): [string, string] => [field.name, "value" in field ? field.value : ""]),
  );
  const selection = parseBatchSelection(given);
  const chosen =
    selection.filter === undefined
      ? await chooseByIds(exchange, action, selection.ids)
      : await chooseByFilter(exchange, action, given);
  const done = selection.dryRun ? chosen.ids : await apply(api, service, action, chosen.ids);
  if (!selection.dryRun && done.length > 0) {
    api.log.info({ requestId, service: service.path, action, jobs: done.length }, "jobs changed by a batch");
  }
  const isDone = new Set(done);
  const late = chosen.ids.filter((id) => !isDone.has(id)).map((id) => refusal(id, "Its phase has changed meanwhile."));
  return jsonAnswer({
    action,
    dryRun: selection.dryRun,
    jobs: done,
    refused: [...chosen.refused, ...late],
    next: chosen.next ?? null,
  });
}

/** By the rule of `findJob`: a job without an owner is everybody's who knows its id. */
async function chooseByIds(
  { api, service, caller }: ServiceExchange,
  action: ManyAction,
  ids: readonly string[],
): Promise<Chosen> {
  const found = new Map((await findJobs(api.store, service.path, ids)).map((job) => [job.id, job]));
  const refused: Refused[] = [];
  const chosen = ids.filter((id) => {
    const job = found.get(id);
    if (job === undefined) refused.push({ jobId: id, code: "not_found", detail: "There is no such job here." });
    else if (job.owner !== null && job.owner !== caller.owner) {
      refused.push(refusal(id, "This job belongs to somebody else."));
    } else if (!fromPhases[action].includes(job.phase)) {
      refused.push(refusal(id, `The job is ${job.phase} and cannot be ${participles[action]}.`));
    } else return true;
    return false;
  });
  return { ids: chosen, refused };
}

async function chooseByFilter(
  { api, service, caller, listUrl }: ServiceExchange,
  action: ManyAction,
  given: URLSearchParams,
): Promise<Chosen> {
  const { filter: parsed, limit, cursor } = parseBatchSelection(given);
  const asked = parsed?.phases ?? [];
  const impossible = asked.find((phase) => !fromPhases[action].includes(phase));
  if (impossible !== undefined) {
    const allowed = fromPhases[action].join(", ");
    throw new UwsError("invalid", `PHASE=${impossible}: cannot be ${participles[action]}; allowed: ${allowed}`);
  }
  // A deletion takes what a list without PHASE shows: archived jobs only if they are named.
  const meant = asked.length > 0 || action === "delete" ? asked : fromPhases[action];
  const filter: JobListFilter = { ...parsed, phases: meant, service: service.path, owner: caller.owner ?? null };
  const from = cursor === undefined ? undefined : readListCursor(cursor, filter);
  const { jobs, next } = await listJobsPage(api.store, filter, limit, from);
  const ids = jobs.map(({ id }) => id);
  if (next === undefined) return { ids, refused: [] };
  const query = batchSelectionQuery(given);
  query.set("cursor", listCursor(next, filter));
  return { ids, refused: [], next: `${listUrl}/batch/${action}?${query}` };
}

/**
 * One statement, and the wake-ups of those who should know, as after a single change.
 * @returns the jobs to which it was done, in the given order
 */
async function apply(
  { store, dispatch }: Api,
  { keepArchived }: Service,
  action: ManyAction,
  ids: readonly string[],
): Promise<string[]> {
  if (ids.length === 0) return [];
  const done = new Set<string>();
  if (action === "archive") {
    for (const { id } of await archiveEndedJobs(store, ids, keepArchived)) done.add(id);
    dispatch.news.tell([...done].map((id) => ({ id, phase: "ARCHIVED" })));
  } else {
    const stopped = await (action === "abort" ? abortJobs(store, ids) : deleteJobs(store, ids));
    const reason = action === "abort" ? "aborted" : "destroyed";
    dispatch.news.cancel(stopped.flatMap(({ token }) => (token === null ? [] : [{ token, reason }])));
    dispatch.news.tell(stopped.map(({ id }) => (action === "abort" ? { id, phase: "ABORTED" } : { id, gone: true })));
    if (stopped.length > 0) dispatch.doorbell.ring(...new Set(stopped.map(({ type }) => type)));
    for (const { id } of stopped) done.add(id);
  }
  return ids.filter((id) => done.has(id));
}

const participles = { abort: "aborted", delete: "deleted", archive: "archived" } as const;

function refusal(jobId: string, detail: string): Refused {
  return { jobId, code: "forbidden", detail };
}
