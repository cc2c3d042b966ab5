import { textAnswer } from "../answers.ts";
import { findJob } from "../exchange.ts";
import { jobIdParameter, ok, plainText, refusals } from "../openapi/operation.ts";
import type { Resource } from "../resource.ts";

/** Whose job it is (UWS 1.1, section 2.1.8). */
export const owner: Resource = {
  path: "/:id/owner",
  methods: {
    GET: {
      handle: async (exchange) => textAnswer((await findJob(exchange)).owner ?? ""),
      describe: () => ({
        summary: "Show the owner",
        parameters: [jobIdParameter],
        responses: { ...ok("The owner; empty = anonymous", plainText), ...refusals(403, 404) },
      }),
    },
  },
};
