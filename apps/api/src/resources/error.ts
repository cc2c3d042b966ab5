import { UwsError } from "@uws/core";
import { negotiate } from "@uws/representation";
import { jsonAnswer, textAnswer } from "../answers.ts";
import { acceptOf, findJob } from "../exchange.ts";
import { jobIdParameter, ok, refusals } from "../openapi/operation.ts";
import type { Resource } from "../resource.ts";

/** Why a job failed, in full (UWS 1.1, section 2.1.8). */
export const error: Resource = {
  path: "/:id/error",
  methods: {
    GET: {
      async handle(exchange) {
        const found = await findJob(exchange);
        if (found.error === undefined) throw new UwsError("not_found", "There is no error.");
        const { type, message, detail } = found.error;
        if (negotiate(acceptOf(exchange)).kind === "json") return jsonAnswer({ type, message, detail: detail ?? null });
        return textAnswer(detail === undefined ? message : `${message}\n\n${detail}`);
      },
      describe: () => ({
        summary: "Show the error",
        parameters: [jobIdParameter],
        responses: {
          ...ok("Message and detail", {
            "text/plain": { schema: { type: "string" } },
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
