import { jobJson, negotiate, parametersXml } from "@uws/representation";
import { jsonAnswer, negotiatedAnswer, seeOther } from "../answers.ts";
import { changeJob } from "../change-job.ts";
import { acceptOf, findJob, type ServiceExchange, thisJobUrl } from "../exchange.ts";
import { jobSchemaMember } from "../openapi/job-schema.ts";
import { formOrJson, jobIdParameter, ok, redirect, refusals, xmlAndJson } from "../openapi/operation.ts";
import type { Resource } from "../resource.ts";

/** The parameters of a job (UWS 1.1, section 2.1.11), which may change while it is PENDING. */
export const parameters: Resource = {
  path: "/:id/parameters",
  methods: {
    GET: {
      handle: get,
      describe: () => ({
        summary: "Show the parameters",
        parameters: [jobIdParameter],
        responses: { ...ok("The parameters", xmlAndJson(jobSchemaMember("parameters"))), ...refusals(403, 404) },
      }),
    },
    POST: {
      async handle(exchange) {
        // taplint sends RUNID here, as a parameter of DALI (1.1, section 3.4.7).
        await changeJob(exchange, ["RUNID"], true);
        return seeOther(thisJobUrl(exchange));
      },
      describe: () => ({
        summary: "Set parameters of a PENDING job",
        description: "Each parameter that is sent replaces those of its name; RUNID replaces the run id.",
        parameters: [jobIdParameter],
        requestBody: formOrJson({ type: "object" }),
        responses: { ...redirect("Done; Location is the job"), ...refusals(400, 403, 404, 413, 415) },
      }),
    },
  },
};

async function get(exchange: ServiceExchange): Promise<Response> {
  const job = await findJob(exchange);
  const links = { url: thisJobUrl(exchange) };
  const representation = negotiate(acceptOf(exchange));
  if (representation.kind === "json") return jsonAnswer(jobJson(job, links).parameters);
  const mediaType = representation.kind === "xml" ? representation.mediaType : "text/xml";
  return negotiatedAnswer(parametersXml(job.parameters, links), mediaType);
}
