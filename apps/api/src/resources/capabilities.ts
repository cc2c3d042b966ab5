import { exampleQuery, inputParameters } from "@uws/description";
import { type Capability, capabilitiesJson, capabilitiesXml, negotiate } from "@uws/representation";
import { jsonAnswer, negotiatedAnswer } from "../answers.ts";
import { acceptOf, type ServiceExchange } from "../exchange.ts";
import { ok, xmlAndJson } from "../openapi/operation.ts";
import type { Resource } from "../resource.ts";
import { uwsStandardId } from "../standard-ids.ts";

/** What the service can do, and where (VOSI 1.1, section 3; DALI 1.1, section 2.5). */
export const capabilities: Resource = {
  path: "/capabilities",
  open: true,
  methods: {
    GET: {
      async handle(exchange) {
        const shown = capabilitiesOf(exchange);
        const representation = negotiate(acceptOf(exchange));
        if (representation.kind === "json") return jsonAnswer(capabilitiesJson(shown));
        const mediaType = representation.kind === "xml" ? representation.mediaType : "text/xml";
        return negotiatedAnswer(capabilitiesXml(shown), mediaType);
      },
      describe: () => ({
        summary: "Show what the service can do, and where (VOSI)",
        responses: ok(
          "The capabilities",
          xmlAndJson({ type: "object", properties: { capabilities: { type: "array", items: { type: "object" } } } }),
        ),
      }),
    },
  },
};

function capabilitiesOf({ service, serviceUrl, listUrl }: ServiceExchange): Capability[] {
  const { description } = service;
  const parameters = inputParameters(description);
  const support = (name: string, standardId?: string, about?: string): Capability => ({
    standardId,
    description: about,
    interfaces: [{ url: `${serviceUrl}/${name}`, use: "full", methods: ["GET"], resultType: standardId && "text/xml" }],
  });
  return [
    support("capabilities", "ivo://ivoa.net/std/VOSI#capabilities"),
    support("availability", "ivo://ivoa.net/std/VOSI#availability"),
    {
      standardId: uwsStandardId,
      description: `${description.title}: jobs that are created, watched and controlled.`,
      interfaces: [{ url: listUrl, use: "base", methods: ["GET", "POST"], resultType: "text/xml", parameters }],
    },
    {
      description: `${description.title}: one request for one result (DALI-sync).`,
      interfaces: [
        {
          url: `${serviceUrl}/sync`,
          use: "base",
          methods: ["GET", "POST"],
          resultType: description.results[0]?.mediaType,
          parameters,
          testQuery: exampleQuery(description),
        },
      ],
    },
    support("description", undefined, "The description of the job type: JSON, YAML, or a DataLink service descriptor."),
  ];
}
