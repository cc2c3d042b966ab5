import { UwsError } from "@uws/core";
import { seeOther } from "../answers.ts";
import { serveBlob } from "../download/serve-blob.ts";
import { findJob, type ServiceExchange, shorten } from "../exchange.ts";
import { jobIdParameter, nameParameter, redirect, refusals } from "../openapi/operation.ts";
import type { Resource } from "../resource.ts";
import type { Service } from "../service.ts";

/** The bytes of a result (UWS 1.1, section 2.1.10). */
export const result: Resource = {
  path: "/:id/results/:name",
  methods: {
    GET: {
      handle: get,
      describe: (service) => ({
        summary: "Download a result",
        description: "Byte ranges and conditional requests are answered. Declared results: see the content types.",
        parameters: [jobIdParameter, nameParameter("Id of the result")],
        responses: {
          "200": { description: "The bytes", content: contentOf(service) },
          "206": { description: "The range that was asked for" },
          "304": { description: "Unchanged" },
          ...redirect("The result is elsewhere"),
          ...refusals(403, 404, 416),
        },
      }),
    },
  },
};

function contentOf(service: Service) {
  const types = service.types.flatMap(({ results }) => results.map(({ mediaType }) => mediaType));
  return Object.fromEntries(
    [...new Set([...types, "*/*"])].map((type) => [type, { schema: { type: "string", format: "binary" } }]),
  );
}

async function get(exchange: ServiceExchange): Promise<Response> {
  const { name } = exchange.path;
  const found = (await findJob(exchange)).results.find(({ id }) => id === name);
  if (found === undefined) throw new UwsError("not_found", `There is no result ${shorten(name)}.`);
  const { location, mediaType, createdAt } = found;
  if ("reference" in location) return seeOther(location.reference);
  const blob = await exchange.api.blobs.get(location.key);
  if (blob === undefined) throw new UwsError("not_found", "The bytes of this result are gone.");
  return serveBlob(exchange.request, {
    blob,
    mediaType,
    etag: `"${location.sha256}"`,
    lastModified: createdAt,
    filename: found.id,
  });
}
