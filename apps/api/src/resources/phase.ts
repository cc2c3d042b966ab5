import { phaseActions } from "@uws/representation";
import { seeOther, textAnswer } from "../answers.ts";
import { changeJob } from "../change-job.ts";
import { findJob, thisJobUrl } from "../exchange.ts";
import { formOrJson, jobIdParameter, ok, plainText, redirect, refusals } from "../openapi/operation.ts";
import type { Resource } from "../resource.ts";

/** The phase of a job (UWS 1.1, section 2.1.3), and how a client moves it (section 2.2.3.4). */
export const phase: Resource = {
  path: "/:id/phase",
  methods: {
    GET: {
      handle: async (exchange) => textAnswer((await findJob(exchange)).phase),
      describe: () => ({
        summary: "Show the phase",
        parameters: [jobIdParameter],
        responses: { ...ok("The phase", plainText), ...refusals(403, 404) },
      }),
    },
    POST: {
      async handle(exchange) {
        await changeJob(exchange, ["PHASE"], false);
        return seeOther(thisJobUrl(exchange));
      },
      describe: () => ({
        summary: "Start or abort a job",
        parameters: [jobIdParameter],
        requestBody: formOrJson({ type: "object", properties: { PHASE: { type: "string", enum: phaseActions } } }),
        responses: { ...redirect("Done; Location is the job"), ...refusals(400, 403, 404, 413, 415) },
      }),
    },
  },
};
