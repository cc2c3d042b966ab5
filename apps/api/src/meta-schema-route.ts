import { metaSchema } from "@uws/description";
import type { Exchange } from "./exchange.ts";
import { ok } from "./openapi/operation.ts";
import type { Route } from "./route.ts";

export const metaSchemaPath = "/schemas/job-description";

/** The JSON Schema by which every job description is checked, for editors and for those who write one. */
export const metaSchemaRoute: Route = {
  path: metaSchemaPath,
  methods: {
    GET: {
      handle: show,
      detail: {
        summary: "Show the JSON Schema of job descriptions",
        description: "JSON Schema 2020-12; each job description is checked against it.",
        tags: ["server"],
        security: [],
        responses: ok("The schema", { "application/schema+json": { schema: { type: "object" } } }),
      },
    },
  },
};

function show({ origin }: Exchange): Response {
  const schema = { ...metaSchema, $id: `${origin}${metaSchemaPath}` };
  const headers = { "content-type": "application/schema+json", "cache-control": "public, max-age=3600" };
  return new Response(JSON.stringify(schema, null, 2), { headers });
}
