import { parseWait } from "@uws/representation";
import type { ServiceExchange } from "../exchange.ts";
import { failureContent, jobIdParameter, queryParameter, redirect, refusals } from "../openapi/operation.ts";
import type { Resource } from "../resource.ts";
import { syncOutcome } from "../sync-outcome.ts";
import { jobAtEnd } from "../wait-for-change.ts";

/** Waits for the end of a job and leads to its result. The job goes on when its client leaves. */
export const syncJob: Resource = {
  path: "/sync/:id",
  methods: {
    GET: {
      handle: get,
      describe: () => ({
        summary: "Wait for a job and get its main result",
        description:
          "Waits for as long as the server allows (60 s unless configured). The Link with rel=status is the job.",
        parameters: [
          jobIdParameter,
          queryParameter("WAIT", "Seconds to wait at most; -1 = as long as the server allows", {
            type: "integer",
            minimum: -1,
          }),
        ],
        responses: {
          ...redirect("Location is the result; the list of results where the job has left none"),
          ...refusals(400, 403, 404),
          "422": { description: "The job failed, or was aborted: why", content: failureContent },
          "500": {
            description: "The job was lost with its workers; it may work another time",
            content: failureContent,
          },
          "503": {
            description: "The wait is over, or too many clients wait, and the job goes on",
            headers: { "Retry-After": { description: "Seconds", schema: { type: "integer" } } },
            content: failureContent,
          },
        },
      }),
    },
  },
};

async function get(exchange: ServiceExchange): Promise<Response> {
  const longest = exchange.api.config.waiting.longest / 1000;
  const seconds = parseWait(exchange.query, longest)?.seconds ?? longest;
  return syncOutcome(exchange, await jobAtEnd(exchange, seconds));
}
