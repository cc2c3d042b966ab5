import {
  descriptionJson,
  descriptionListJson,
  descriptionListYaml,
  descriptionYaml,
  type JobDescription,
} from "@uws/description";
import { type DescriptionMediaType, negotiateDescription } from "@uws/representation";
import { negotiatedAnswer } from "../answers.ts";
import { isUnchanged } from "../download/conditional.ts";
import { acceptOf, type ServiceExchange } from "../exchange.ts";
import { metaSchemaPath } from "../meta-schema-route.ts";
import { type Content, ok, queryParameter, refusals, schemaRef } from "../openapi/operation.ts";
import { opusOf } from "../opus-of.ts";
import type { Resource } from "../resource.ts";
import { descriptorsOf } from "../service-descriptors.ts";

const text = { schema: { type: "string" } } as const;

/** The forms of a description, or of several. */
export const descriptionContent = (json: object): Content => ({
  "application/json": { schema: json },
  "application/yaml": text,
  "application/x-votable+xml": text,
  "application/x-votable+xml;content=opus": text,
  "text/xml": text,
  "application/xml": text,
});

/** The same by a parameter, for those who can set no header (DALI 1.1, section 3.4.3). */
export const responseFormat = queryParameter(
  "RESPONSEFORMAT",
  "json, yaml, votable (or datalink), opus, or a media type; wins over Accept",
  { type: "string", enum: ["json", "yaml", "votable", "datalink", "opus"] },
);

/**
 * The descriptions of the job types of a service (ours): JSON, YAML, or VOTable with DataLink service descriptors. Of a service
 * with one type it is that description itself, else a list.
 */
export const description: Resource = {
  path: "/description",
  open: true,
  methods: {
    GET: {
      handle: async (exchange) => describeTypes(exchange, exchange.service.types),
      describe: ({ types }) => ({
        summary: types.length === 1 ? "Show the description of the job type" : "Show the descriptions of the job types",
        description:
          "Parameters (a JSON Schema 2020-12), results, limits, examples. The VOTable is for clients of DataLink 1.1, or a job definition of OPUS.",
        parameters: [responseFormat],
        responses: {
          ...ok(
            types.length === 1 ? "The description" : "The descriptions",
            descriptionContent(schemaRef(types.length === 1 ? "JobDescription" : "JobDescriptionList")),
          ),
          "304": { description: "Unchanged" },
          ...refusals(400),
        },
      }),
    },
  },
};

/** Answers with the descriptions of these types: of one as it is, of several as `{"descriptions": […]}`. */
export function describeTypes(exchange: ServiceExchange, types: readonly JobDescription[]): Response {
  const mediaType = negotiateDescription(acceptOf(exchange), responseFormatOf(exchange));
  const { headers } = exchange.request;
  const etag = `"${versionOf(exchange, types)}-${mediaType}"`;
  const answer = isUnchanged(headers, { etag })
    ? new Response(null, { status: 304, headers: { vary: "accept" } })
    : negotiatedAnswer(represent(exchange, types, mediaType), mediaType);
  answer.headers.set("etag", etag);
  answer.headers.set("cache-control", "no-cache");
  // How a document says which schema it follows (JSON Schema 2020-12, section 9.5.1.1). Of a list there is none.
  if (types.length === 1 && describedFormats.includes(mediaType)) {
    answer.headers.set("link", `<${exchange.origin}${metaSchemaPath}>; rel="describedby"`);
  }
  return answer;
}

const describedFormats: readonly string[] = ["application/json", "application/yaml"];

/** Parameter names have no case (DALI 1.1, section 3). */
function responseFormatOf({ query }: ServiceExchange): string | undefined {
  for (const [name, value] of query) if (name.toUpperCase() === "RESPONSEFORMAT") return value;
  return undefined;
}

/** Another one whenever a description changes, or how the service tells its types apart. */
function versionOf({ service }: ServiceExchange, types: readonly JobDescription[]): string {
  const [only, ...others] = types;
  if (only !== undefined && others.length === 0 && service.types.length === 1) return only.digest.slice(0, 32);
  const all = [service.typeParameter, ...types.map(({ digest }) => digest)].join(" ");
  return new Bun.CryptoHasher("sha256").update(all).digest("hex").slice(0, 32);
}

function represent(
  exchange: ServiceExchange,
  types: readonly JobDescription[],
  mediaType: DescriptionMediaType,
): string {
  const [only, ...others] = types;
  const single = others.length === 0 ? only : undefined;
  const { typeParameter } = exchange.service;
  switch (mediaType) {
    case "application/json":
      return single === undefined ? descriptionListJson(types, typeParameter) : descriptionJson(single);
    case "application/yaml":
      return single === undefined ? descriptionListYaml(types, typeParameter) : descriptionYaml(single);
    case "application/x-votable+xml;content=opus":
      return opusOf(types);
    default:
      return descriptorsOf(exchange, types);
  }
}
