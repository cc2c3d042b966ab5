import { UwsError } from "@uws/core";
import { errorVotable, negotiate } from "@uws/representation";
import { jsonAnswer, negotiatedAnswer, textAnswer } from "../answers.ts";
import { acceptOf, findJob } from "../exchange.ts";
import { jobIdParameter, ok, refusals } from "../openapi/operation.ts";
import type { Resource } from "../resource.ts";

const votableMediaType = "application/x-votable+xml";

/** Why a job failed, in full (UWS 1.1, section 2.1.7). */
export const error: Resource = {
  path: "/:id/error",
  methods: {
    GET: {
      async handle(exchange) {
        const found = await findJob(exchange);
        if (found.error === undefined) throw new UwsError("not_found", "There is no error.");
        const { type, message, detail } = found.error;
        if (negotiate(acceptOf(exchange)).kind === "json") return jsonAnswer({ type, message, detail: detail ?? null });
        const text = detail === undefined ? message : `${message}\n\n${detail}`;
        const { errors } = exchange.service;
        return errors === "votable" ? negotiatedAnswer(errorVotable(text), votableMediaType) : textAnswer(text);
      },
      describe: ({ errors }) => ({
        summary: "Show the error",
        parameters: [jobIdParameter],
        responses: {
          ...ok("Message and detail", {
            [errors === "votable" ? votableMediaType : "text/plain"]: { schema: { type: "string" } },
            "application/json": {
              schema: {
                type: "object",
                properties: {
                  type: { type: "string", enum: ["transient", "fatal"] },
                  message: { type: "string" },
                  detail: { type: ["string", "null"] },
                },
              },
            },
          }),
          ...refusals(403, 404),
        },
      }),
    },
  },
};
