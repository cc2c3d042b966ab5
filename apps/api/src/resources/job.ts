import { type Job, phases } from "@uws/core";
import { jobHtml, jobJson, negotiate, parseWait } from "@uws/representation";

import { jsonAnswer, negotiatedAnswer, seeOther } from "../answers.ts";
import { changeJob } from "../change-job.ts";
import { acceptOf, findJob, refuseOthers, type ServiceExchange, thisJobUrl } from "../exchange.ts";
import { destroy } from "../move-job.ts";
import {
  formOrJson,
  jobIdParameter,
  ok,
  queryParameter,
  redirect,
  refusals,
  schemaRef,
  xmlJsonAndHtml,
} from "../openapi/operation.ts";
import type { Resource } from "../resource.ts";
import { jobAfterWait } from "../wait-for-change.ts";
import { webPageOf } from "../web-page.ts";
import { updateFromRequest } from "../workers/update-job.ts";
import { describeUpdate } from "../workers/update-operation.ts";

/** A job (UWS 1.1, sections 2.2.2.2, 2.2.3.2 and following). */
export const job: Resource = {
  path: "/:id",
  methods: {
    GET: {
      handle: get,
      describe: () => ({
        summary: "Show a job",
        description: "With WAIT the answer comes when the phase changes, or after so many seconds.",
        parameters: [
          jobIdParameter,
          queryParameter("WAIT", "Seconds to wait for a change; -1 = as long as the server allows", {
            type: "integer",
            minimum: -1,
          }),
          queryParameter("PHASE", "Wait only while the job is in this phase", { type: "string", enum: phases }),
        ],
        responses: { ...ok("The job", xmlJsonAndHtml(schemaRef("Job"))), ...refusals(400, 403, 404) },
      }),
    },
    POST: {
      handle: post,
      describe: () => ({
        summary: "Change a job",
        description:
          "Takes parameters of the job and RUNID while it is PENDING, the control parameters PHASE, EXECUTIONDURATION and DESTRUCTION, and ACTION=DELETE.",
        parameters: [jobIdParameter],
        requestBody: formOrJson({
          type: "object",
          properties: {
            ACTION: { type: "string", enum: ["DELETE"] },
            PHASE: { type: "string", enum: ["RUN", "ABORT"] },
          },
        }),
        responses: {
          ...redirect("Done; Location is the job, or the list where the job is gone"),
          ...refusals(400, 403, 404, 413, 415),
        },
      }),
    },
    PATCH: {
      open: true,
      handle: updateFromRequest,
      describe: describeUpdate,
    },
    DELETE: {
      handle: remove,
      describe: () => ({
        summary: "Destroy a job",
        description: "Stops it if it runs, and removes its results.",
        parameters: [jobIdParameter],
        responses: { ...redirect("Gone; Location is the list"), ...refusals(403, 404) },
      }),
    },
  },
};

async function get(exchange: ServiceExchange): Promise<Response> {
  const found = await jobAfterWait(exchange, parseWait(exchange.query, exchange.api.config.waiting.longest / 1000));
  const { api } = exchange;
  const quote = await api.quotes.quote(found, await api.descriptions.of(found));
  const links = { url: thisJobUrl(exchange), quote };
  const representation = negotiate(acceptOf(exchange));
  switch (representation.kind) {
    case "json":
      return jsonAnswer({
        ...jobJson(found, links),
        attempts: found.attempts,
        queue: await queue(exchange, found),
      });
    case "html":
      return negotiatedAnswer(
        jobHtml(found, { ...links, webPage: webPageOf(links.url, exchange.origin) }),
        "text/html",
      );
    case "xml":
      return negotiatedAnswer(api.shown.xml(found, links), representation.mediaType);
  }
}

/** Where a job stands that waits for a worker. */
async function queue({ api }: ServiceExchange, found: Job) {
  const ahead = await api.quotes.ahead(found);
  return ahead === undefined ? null : { ahead };
}

async function post(exchange: ServiceExchange): Promise<Response> {
  const changed = await changeJob(exchange, ["ACTION", "PHASE", "RUNID", "EXECUTIONDURATION", "DESTRUCTION"], true);
  return seeOther(changed === "destroyed" ? listAfter(exchange) : thisJobUrl(exchange));
}

async function remove(exchange: ServiceExchange): Promise<Response> {
  const found = await findJob(exchange);
  refuseOthers(exchange, found);
  await destroy(exchange, found);
  return seeOther(listAfter(exchange));
}

/** Where a client goes whose job is gone: the list as it knows it (UWS 1.1, section 2.2.3.2), or the newest of it. */
function listAfter({ listUrl, service: { redirectLast } }: ServiceExchange): string {
  return redirectLast === undefined ? listUrl : `${listUrl}?LAST=${redirectLast}`;
}
