import { jobJson, negotiate, resultsXml } from "@uws/representation";
import { jsonAnswer, negotiatedAnswer } from "../answers.ts";
import { acceptOf, findJob, thisJobUrl } from "../exchange.ts";
import { jobSchemaMember } from "../openapi/job-schema.ts";
import { jobIdParameter, ok, refusals, xmlAndJson } from "../openapi/operation.ts";
import type { Resource } from "../resource.ts";

/** The results of a job (UWS 1.1, section 2.1.10); they appear while it runs. */
export const results: Resource = {
  path: "/:id/results",
  methods: {
    GET: {
      async handle(exchange) {
        const job = await findJob(exchange);
        const links = { url: thisJobUrl(exchange) };
        const representation = negotiate(acceptOf(exchange));
        if (representation.kind === "json") return jsonAnswer(jobJson(job, links).results);
        const mediaType = representation.kind === "xml" ? representation.mediaType : "text/xml";
        return negotiatedAnswer(resultsXml(job.results, links), mediaType);
      },
      describe: () => ({
        summary: "Show the results",
        parameters: [jobIdParameter],
        responses: { ...ok("The results there are", xmlAndJson(jobSchemaMember("results"))), ...refusals(403, 404) },
      }),
    },
  },
};
