import { jobUrl } from "@uws/representation";
import { seeOther } from "../answers.ts";
import { newJobFromRequest } from "../create-job/create-job.ts";
import type { ServiceExchange } from "../exchange.ts";
import { creationContent, creationQuery } from "../openapi/job-parameters.ts";
import { redirect, refusals } from "../openapi/operation.ts";
import type { Resource } from "../resource.ts";
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
      describe: ({ description }) => ({
        summary: `Run a job, parameters in the query: ${description.title}`,
        description: explanation,
        parameters: creationQuery(description),
        responses,
      }),
    },
    POST: {
      handle: create,
      describe: ({ description }) => ({
        summary: `Run a job: ${description.title}`,
        description: explanation,
        requestBody: { required: false, content: creationContent(description) },
        responses,
      }),
    },
  },
};

async function create(exchange: ServiceExchange): Promise<Response> {
  const id = await newJobFromRequest(exchange, true);
  return aboutJob(seeOther(`${exchange.serviceUrl}/sync/${id}`), jobUrl(exchange.listUrl, id));
}
