import { seeOther, textAnswer } from "../answers.ts";
import { changeJob } from "../change-job.ts";
import { findJob, thisJobUrl } from "../exchange.ts";
import { formOrJson, jobIdParameter, limitsOf, ok, plainText, redirect, refusals } from "../openapi/operation.ts";
import type { Resource } from "../resource.ts";

/** Seconds that a job may run, 0 = unlimited (UWS 1.1, section 2.1.4). */
export const executionDuration: Resource = {
  path: "/:id/executionduration",
  methods: {
    GET: {
      handle: async (exchange) => textAnswer(String((await findJob(exchange)).executionDuration)),
      describe: () => ({
        summary: "Show the execution duration",
        parameters: [jobIdParameter],
        responses: { ...ok("Seconds; 0 = unlimited", plainText), ...refusals(403, 404) },
      }),
    },
    POST: {
      async handle(exchange) {
        await changeJob(exchange, ["EXECUTIONDURATION"], false);
        return seeOther(thisJobUrl(exchange));
      },
      describe: ({ types }) => ({
        summary: "Set the execution duration",
        description: `What is more than the job type allows is reduced to that: ${limitsOf(types, "executionDuration")}, in seconds.`,
        parameters: [jobIdParameter],
        requestBody: formOrJson({
          type: "object",
          properties: { EXECUTIONDURATION: { type: "integer", minimum: 0, maximum: 2_147_483_647 } },
        }),
        responses: { ...redirect("Done; Location is the job"), ...refusals(400, 403, 404, 413, 415) },
      }),
    },
  },
};
