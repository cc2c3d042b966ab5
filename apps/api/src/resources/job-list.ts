import { type JobReference, UwsError } from "@uws/core";
import {
  jobListHtml,
  jobListJson,
  jobListXml,
  listFilterQuery,
  negotiate,
  parseListFilter,
  parseListPage,
} from "@uws/representation";
import { type JobListFilter, listJobs, listJobsPage, summarizeJobs } from "@uws/store";
import { jsonAnswer, negotiatedAnswer, streamText } from "../answers.ts";
import { createJobFromRequest } from "../create-job/create-job.ts";
import { acceptOf, type ServiceExchange, shorten } from "../exchange.ts";
import { listCursor, readListCursor } from "../list-cursor.ts";
import { aboutTypes } from "../openapi/about-types.ts";
import { creationContent } from "../openapi/creation.ts";
import { listParameters } from "../openapi/list-parameters.ts";
import { ok, redirect, refusals, schemaRef, xmlJsonAndHtml } from "../openapi/operation.ts";
import type { Resource } from "../resource.ts";
import { titleOf } from "../service.ts";
import { webPageOf } from "../web-page.ts";

type Batches = AsyncGenerator<readonly JobReference[], void, void>;

/** The job list (UWS 1.1, section 2.2.2.1), and where jobs are created (section 2.2.3.1). */
export const jobList: Resource = {
  path: "",
  methods: {
    GET: {
      handle: list,
      describe: ({ types }) => ({
        summary: "List jobs",
        description:
          "The caller's jobs, newest first; archived ones only if PHASE asks for them. Filters combine as AND, and their names are matched without regard to case. XML and HTML hold the whole list. JSON comes in pages: `next` is the URL of the next one, or null. A page may hold fewer jobs than its limit, even none, and still have a next one.",
        parameters: listParameters(types),
        responses: { ...ok("The list", xmlJsonAndHtml(schemaRef("JobList"))), ...refusals(400, 403) },
      }),
    },
    POST: {
      handle: createJobFromRequest,
      describe: (service) => ({
        summary: `Create a job: ${titleOf(service)}`,
        description: `${aboutTypes(service)}\n\nParameter names are matched without regard to case; a repeated parameter is kept. Without PHASE=RUN the job stays PENDING until it is told to run.`,
        requestBody: { required: service.types.length > 1, content: creationContent(service) },
        responses: { ...redirect("Created; Location is the job"), ...refusals(400, 403, 413, 415) },
      }),
    },
  },
};

async function list(exchange: ServiceExchange): Promise<Response> {
  const { api, listUrl, origin } = exchange;
  const filter = filterOf(exchange);
  const representation = negotiate(acceptOf(exchange));
  if (representation.kind === "json") return await page(exchange, filter);
  const batches = await begun(exchange, listJobs(api.store, filter));
  return representation.kind === "html"
    ? negotiatedAnswer(streamText(jobListHtml(batches, listUrl, webPageOf(listUrl, origin))), "text/html")
    : negotiatedAnswer(streamText(jobListXml(batches, listUrl)), representation.mediaType);
}

/**
 * What the caller may see: own jobs, and those that others have granted; OWNER chooses between them.
 * @throws UwsError "invalid", or "forbidden" where somebody anonymous asks for the jobs of others
 */
function filterOf({ query, service, caller }: ServiceExchange): JobListFilter {
  const { owner, ...rest } = parseListFilter(query);
  const filter = { ...rest, service: service.path };
  const me = caller.owner;
  if (me === undefined) {
    if (owner === undefined || owner === "") return { ...filter, owner: null };
    throw new UwsError("forbidden", `OWNER=${shorten(owner)}: you may list the jobs of nobody only.`);
  }
  if (owner === undefined) return { ...filter, owner: me, granted: { to: me } };
  return owner === me ? { ...filter, owner: me } : { ...filter, owner: undefined, granted: { to: me, of: owner } };
}

async function page({ api, listUrl, query }: ServiceExchange, filter: JobListFilter): Promise<Response> {
  const { limit, cursor, summary } = parseListPage(query);
  const from = cursor === undefined ? undefined : readListCursor(cursor, filter);
  const { jobs, next } = await listJobsPage(api.store, filter, limit, from);
  const ids = jobs.map(({ id }) => id);
  const summaries = summary ? await summarizeJobs(api.store, ids) : undefined;
  if (next === undefined) return jsonAnswer(jobListJson(jobs, { url: listUrl, summaries }));
  const nextQuery = listFilterQuery(query);
  nextQuery.set("cursor", listCursor(next, filter));
  return jsonAnswer(jobListJson(jobs, { url: listUrl, next: `${listUrl}?${nextQuery}`, summaries }));
}

/**
 * Waits for the first batch, so that a store that is away is an error and not a list that breaks off. Where it is away
 * later, the connection breaks without the end of the body: no client takes what it has for the whole list.
 */
async function begun({ api, requestId }: ServiceExchange, batches: Batches): Promise<Batches> {
  const first = await batches.next();
  return (async function* () {
    if (first.done === true) return;
    yield first.value;
    try {
      yield* batches;
    } catch (error) {
      api.log.error({ err: error, requestId }, "a list broke off in the middle");
      throw error;
    }
  })();
}
