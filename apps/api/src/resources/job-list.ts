import { phases } from "@uws/core";
import { jobListHtml, jobListJson, jobListXml, negotiate, parseListFilter } from "@uws/representation";
import { listJobs } from "@uws/store";
import { negotiatedAnswer, streamText } from "../answers.ts";
import { createJobFromRequest } from "../create-job/create-job.ts";
import { acceptOf, type ServiceExchange } from "../exchange.ts";
import { creationContent } from "../openapi/job-parameters.ts";
import { ok, queryParameter, redirect, refusals, schemaRef, xmlAndJson } from "../openapi/operation.ts";
import type { Resource } from "../resource.ts";

type Batches = AsyncGenerator<Parameters<typeof jobListJson>[0], void, void>;

/** The job list (UWS 1.1, section 2.2.2.1), and where jobs are created (section 2.2.3.1). */
export const jobList: Resource = {
  path: "",
  methods: {
    GET: {
      handle: list,
      describe: () => ({
        summary: "List jobs",
        description:
          "The jobs that the caller may see, newest first. Filters combine as AND; archived jobs only if asked for.",
        parameters: [
          queryParameter("PHASE", "Only jobs in this phase; may be repeated", {
            type: "array",
            items: { type: "string", enum: phases },
          }),
          queryParameter("AFTER", "Only jobs created later (ISO 8601, UTC)", { type: "string" }),
          queryParameter("LAST", "Only the newest so many", { type: "integer", minimum: 1 }),
        ],
        responses: { ...ok("The list", xmlAndJson(schemaRef("JobList"))), ...refusals(400) },
      }),
    },
    POST: {
      handle: createJobFromRequest,
      describe: ({ description }) => ({
        summary: `Create a job: ${description.title}`,
        description: `${description.description}\n\nParameter names are matched without regard to case; a repeated parameter is kept. Without PHASE=RUN the job stays PENDING until it is told to run.`,
        requestBody: { required: false, content: creationContent(description) },
        responses: { ...redirect("Created; Location is the job"), ...refusals(400, 403, 413, 415) },
      }),
    },
  },
};

async function list(exchange: ServiceExchange): Promise<Response> {
  const { api, service, caller, listUrl, query } = exchange;
  const filter = parseListFilter(query);
  const representation = negotiate(acceptOf(exchange));
  const batches = await begun(listJobs(api.store, { service: service.path, owner: caller.owner, ...filter }));
  switch (representation.kind) {
    case "json":
      return negotiatedAnswer(streamText(jobListJsonText(batches, listUrl)), "application/json");
    case "html":
      return negotiatedAnswer(streamText(jobListHtml(batches, listUrl)), "text/html");
    case "xml":
      return negotiatedAnswer(streamText(jobListXml(batches, listUrl)), representation.mediaType);
  }
}

/** Waits for the first batch, so that a store that is away is an error and not a list that breaks off. */
async function begun(batches: Batches): Promise<Batches> {
  const first = await batches.next();
  return (async function* () {
    if (first.done === true) return;
    yield first.value;
    yield* batches;
  })();
}

/** One page that holds all: a JSON text of the shape of `jobListJson`, in pieces. */
async function* jobListJsonText(batches: Batches, url: string): AsyncGenerator<string, void, void> {
  yield '{"jobs":[';
  let separator = "";
  for await (const batch of batches) {
    const { jobs } = jobListJson(batch, { url });
    if (jobs.length === 0) continue;
    yield separator + jobs.map((job) => JSON.stringify(job)).join(",");
    separator = ",";
  }
  yield '],"next":null}';
}
