import { formatTime } from "@uws/representation";
import { textAnswer } from "../answers.ts";
import { findJob } from "../exchange.ts";
import { jobIdParameter, ok, plainText, refusals } from "../openapi/operation.ts";
import type { Resource } from "../resource.ts";

/** When a job is predicted to complete (UWS 1.1, section 2.1.6). */
export const quote: Resource = {
  path: "/:id/quote",
  methods: {
    GET: {
      async handle(exchange) {
        const { api } = exchange;
        const job = await findJob(exchange);
        const time = await api.quotes.quote(job, await api.descriptions.of(job));
        return textAnswer(time === undefined ? "" : formatTime(time));
      },
      describe: () => ({
        summary: "Show the predicted end",
        parameters: [jobIdParameter],
        responses: { ...ok("ISO 8601, UTC; empty = unknown, or the job has ended", plainText), ...refusals(403, 404) },
      }),
    },
  },
};
