import { formatTime } from "@uws/representation";
import { seeOther, textAnswer } from "../answers.ts";
import { changeJob } from "../change-job.ts";
import { findJob, thisJobUrl } from "../exchange.ts";
import {
  destructionTime,
  formOrJson,
  jobIdParameter,
  limitsOf,
  ok,
  plainText,
  redirect,
  refusals,
} from "../openapi/operation.ts";
import type { Resource } from "../resource.ts";

/** When a job and its results go (UWS 1.1, section 2.1.5). */
export const destruction: Resource = {
  path: "/:id/destruction",
  methods: {
    GET: {
      async handle(exchange) {
        const { destruction: time } = await findJob(exchange);
        return textAnswer(time === undefined ? "" : formatTime(time));
      },
      describe: () => ({
        summary: "Show the destruction time",
        parameters: [jobIdParameter],
        responses: { ...ok("ISO 8601, UTC; empty = never", plainText), ...refusals(403, 404) },
      }),
    },
    POST: {
      async handle(exchange) {
        await changeJob(exchange, ["DESTRUCTION"], false);
        return seeOther(thisJobUrl(exchange));
      },
      describe: ({ types }) => ({
        summary: "Set the destruction time",
        description: `What is later than the job type allows is reduced to that: ${limitsOf(types, "destruction")}, in seconds from now.`,
        parameters: [jobIdParameter],
        requestBody: formOrJson({
          type: "object",
          properties: { DESTRUCTION: destructionTime },
        }),
        responses: { ...redirect("Done; Location is the job"), ...refusals(400, 403, 404, 413, 415) },
      }),
    },
  },
};
