import { jobUrl } from "@uws/representation";
import { seeOther } from "../answers.ts";
import { newJobFromRequest } from "../create-job/create-job.ts";
import type { ServiceExchange } from "../exchange.ts";
import { creationContent, creationQuery } from "../openapi/creation.ts";
import { redirect, refusals } from "../openapi/operation.ts";
import type { Resource } from "../resource.ts";
import { titleOf } from "../service.ts";
import { aboutJob } from "../sync-outcome.ts";

const responses = {
  ...redirect("Created and started; Location answers with a redirect to the result"),
  ...refusals(400, 403, 413, 415),
};

const explanation =
  "One request for one result: creates a job, starts it, and redirects to a URL that waits for its end and redirects to its main result. For jobs that take longer than a client waits, use the job list.";

/** Runs a job for a client that only wants the result (UWS 1.1, section 5; DALI 1.1, section 2.2). */
export const sync: Resource = {
  path: "/sync",
  methods: {
    GET: {
      handle: create,
      unsafe: true,
      describe: (service) => ({
        summary: `Run a job, parameters in the query: ${titleOf(service)}`,
        description: explanation,
        parameters: creationQuery(service),
        responses,
      }),
    },
    POST: {
      handle: create,
      describe: (service) => ({
        summary: `Run a job: ${titleOf(service)}`,
        description: explanation,
        requestBody: { required: service.types.length > 1, content: creationContent(service) },
        responses,
      }),
    },
  },
};

async function create(exchange: ServiceExchange): Promise<Response> {
  const id = await newJobFromRequest(exchange, true);
  return aboutJob(seeOther(`${exchange.serviceUrl}/sync/${id}`), jobUrl(exchange.listUrl, id));
}
