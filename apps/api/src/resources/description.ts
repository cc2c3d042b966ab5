import { descriptionJson, descriptionYaml, exampleQuery, inputParameters } from "@uws/description";
import { type DescriptionMediaType, negotiateDescription, serviceDescriptors } from "@uws/representation";
import { negotiatedAnswer } from "../answers.ts";
import { isUnchanged } from "../download/conditional.ts";
import { acceptOf, type ServiceExchange } from "../exchange.ts";
import { ok } from "../openapi/operation.ts";
import type { Resource } from "../resource.ts";
import { uwsStandardId } from "../standard-ids.ts";

/** The description of the job type that the service runs (ours): JSON, YAML, or VOTable with DataLink service descriptors. */
export const description: Resource = {
  path: "/description",
  open: true,
  methods: {
    GET: {
      handle: get,
      describe: () => ({
        summary: "Show the description of the job type",
        description:
          "Parameters (a JSON Schema 2020-12), results, limits, examples. The VOTable is for clients of DataLink 1.1.",
        responses: {
          ...ok("The description", {
            "application/json": { schema: { type: "object" } },
            "application/yaml": { schema: { type: "string" } },
            "application/x-votable+xml": { schema: { type: "string" } },
            "text/xml": { schema: { type: "string" } },
            "application/xml": { schema: { type: "string" } },
          }),
          "304": { description: "Unchanged" },
        },
      }),
    },
  },
};

async function get(exchange: ServiceExchange): Promise<Response> {
  const mediaType = negotiateDescription(acceptOf(exchange));
  const etag = `"${exchange.service.description.digest.slice(0, 32)}-${mediaType}"`;
  const { headers } = exchange.request;
  const answer = isUnchanged(headers, { etag })
    ? new Response(null, { status: 304, headers: { vary: "accept" } })
    : negotiatedAnswer(text(exchange, mediaType), mediaType);
  answer.headers.set("etag", etag);
  answer.headers.set("cache-control", "no-cache");
  return answer;
}

function text(exchange: ServiceExchange, mediaType: DescriptionMediaType): string {
  const { description } = exchange.service;
  switch (mediaType) {
    case "application/json":
      return descriptionJson(description);
    case "application/yaml":
      return descriptionYaml(description);
    default:
      return votable(exchange);
  }
}

function votable({ service, serviceUrl, listUrl }: ServiceExchange): string {
  const { description } = service;
  const common = {
    title: description.title,
    description: description.description,
    parameters: inputParameters(description),
  };
  const url = `${serviceUrl}/sync`;
  const example = exampleQuery(description);
  return serviceDescriptors([
    {
      ...common,
      id: "sync",
      url,
      contentType: description.results[0]?.mediaType,
      exampleUrl: example === undefined ? undefined : `${url}?${example}`,
    },
    { ...common, id: "async", url: listUrl, standardId: uwsStandardId },
  ]);
}
