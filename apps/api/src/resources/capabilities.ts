import { type Capability, capabilitiesJson, capabilitiesXml, negotiate } from "@uws/representation";
import { jsonAnswer, negotiatedAnswer } from "../answers.ts";
import { acceptOf, type ServiceExchange } from "../exchange.ts";
import { challenge, loginMethods } from "../login-methods.ts";
import { ok, xmlAndJson } from "../openapi/operation.ts";
import type { Resource } from "../resource.ts";
import { type Service, titleOf } from "../service.ts";
import { uwsStandardId } from "../standard-ids.ts";
import { exampleOf, parametersOfAll } from "../type-parameters.ts";

/** What the service can do, and where (VOSI 1.1, section 3; DALI 1.1, section 2.5). */
export const capabilities: Resource = {
  path: "/capabilities",
  open: "login",
  methods: {
    GET: {
      async handle(exchange) {
        const answer = represent(capabilitiesOf(exchange), acceptOf(exchange));
        if (exchange.caller.owner === undefined) challenge(answer, exchange.api.config.auth, exchange.request.headers);
        return answer;
      },
      describe: () => ({
        summary: "Show what the service can do, and where (VOSI)",
        description:
          "Everybody may ask. Credentials that are sent are checked: X-VO-Authenticated tells who they belong to, 401 that they are wrong.",
        responses: ok(
          "The capabilities",
          xmlAndJson({ type: "object", properties: { capabilities: { type: "array", items: { type: "object" } } } }),
        ),
      }),
    },
  },
};

function represent(shown: readonly Capability[], accept: string | undefined): Response {
  const representation = negotiate(accept);
  if (representation.kind === "json") return jsonAnswer(capabilitiesJson(shown));
  return negotiatedAnswer(
    capabilitiesXml(shown),
    representation.kind === "xml" ? representation.mediaType : "text/xml",
  );
}

function capabilitiesOf({ api, service, serviceUrl, listUrl }: ServiceExchange): Capability[] {
  const title = titleOf(service);
  const parameters = parametersOfAll(service);
  const securityMethods = loginMethods({
    ...api.config.auth,
    anonymous: api.config.auth.anonymous && service.access.anonymous,
  });
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
      description: `${title}: jobs that are created, watched and controlled.`,
      interfaces: [
        { url: listUrl, use: "base", methods: ["GET", "POST"], resultType: "text/xml", parameters, securityMethods },
      ],
    },
    {
      description: `${title}: one request for one result (DALI-sync).`,
      interfaces: [
        {
          url: `${serviceUrl}/sync`,
          use: "base",
          methods: ["GET", "POST"],
          resultType: mainMediaType(service),
          parameters,
          securityMethods,
          testQuery: exampleOf(service),
        },
      ],
    },
    support(
      "description",
      undefined,
      "The descriptions of the job types: JSON, YAML, DataLink service descriptors, or job definitions of OPUS.",
    ),
  ];
}

/** Of what its jobs answer with, where all types agree. */
function mainMediaType({ types }: Service): string | undefined {
  const [first, ...others] = new Set(types.map(({ results }) => results[0]?.mediaType));
  return others.length === 0 ? first : undefined;
}
