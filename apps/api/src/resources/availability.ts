import { type Availability, availabilityJson, availabilityXml, negotiate } from "@uws/representation";
import { jsonAnswer, negotiatedAnswer } from "../answers.ts";
import { acceptOf, type ServiceExchange } from "../exchange.ts";
import { type Readiness, readiness } from "../health.ts";
import { ok, xmlAndJson } from "../openapi/operation.ts";
import type { Resource } from "../resource.ts";

/** Whether the service can be used now (VOSI 1.1, section 5). It says so itself, so that the status is 200 either way. */
export const availability: Resource = {
  path: "/availability",
  open: true,
  methods: {
    GET: {
      handle: get,
      describe: () => ({
        summary: "Show whether the service can be used now (VOSI)",
        responses: ok(
          "The availability",
          xmlAndJson({
            type: "object",
            properties: {
              available: { type: "boolean" },
              upSince: { type: ["string", "null"], format: "date-time" },
              notes: { type: "array", items: { type: "string" } },
            },
          }),
        ),
      }),
    },
  },
};

async function get(exchange: ServiceExchange): Promise<Response> {
  const { api } = exchange;
  const found = await readiness(api);
  const shown: Availability = {
    available: found.ready,
    upSince: api.since,
    notes: [...(api.stopping.aborted ? ["The server is stopping."] : []), ...notes(found)],
  };
  const representation = negotiate(acceptOf(exchange));
  if (representation.kind === "json") return jsonAnswer(availabilityJson(shown));
  const mediaType = representation.kind === "xml" ? representation.mediaType : "text/xml";
  return negotiatedAnswer(availabilityXml(shown), mediaType);
}

function notes({ ready, required, nats }: Readiness): string[] {
  const failing = Object.entries(required).filter(([, holds]) => !holds);
  return [
    ...failing.map(([name]) => (name === "database" ? "The database does not answer." : `Not ready: ${name}.`)),
    ...(ready && !nats ? ["Jobs are accepted and wait: the message queue does not answer."] : []),
  ];
}
