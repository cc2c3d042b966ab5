import { type Job, limits, type Parameter, UwsError } from "@uws/core";
import { takesFile } from "@uws/description";
import { parseOccurrence } from "@uws/representation";
import { seeOther, textAnswer } from "../answers.ts";
import { checkFields } from "../body/field.ts";
import { limitedBody, readText } from "../body/limited-body.ts";
import { uploadsFor } from "../body/uploads.ts";
import { change } from "../change-job.ts";
import { serveBlob } from "../download/serve-blob.ts";
import { findJob, type ServiceExchange, shorten, thisJobUrl } from "../exchange.ts";
import { jobIdParameter, nameParameter, ok, queryParameter, redirect, refusals } from "../openapi/operation.ts";
import type { Resource } from "../resource.ts";

/** One parameter of a job: its value, or the bytes that were uploaded (UWS 1.1, section 2.1.11). */
export const parameter: Resource = {
  path: "/:id/parameters/:name",
  methods: {
    GET: {
      handle: get,
      describe: () => ({
        summary: "Show a parameter",
        parameters: [
          jobIdParameter,
          nameParameter("Name of the parameter, in any case"),
          queryParameter(
            "OCCURRENCE",
            "Which one, of those of that name; otherwise all, or the first where it is a file",
            {
              type: "integer",
              minimum: 1,
            },
          ),
        ],
        responses: {
          ...ok("Its value, or the bytes of an upload with the media type under which it was sent", {
            "text/plain": { schema: { type: "string" } },
            "*/*": { schema: { type: "string", format: "binary" } },
          }),
          ...refusals(400, 403, 404),
        },
      }),
    },
    PUT: {
      handle: put,
      describe: () => ({
        summary: "Set a parameter of a PENDING job",
        description: "The body is the value, or the file where the parameter takes one.",
        parameters: [jobIdParameter, nameParameter("Name of the parameter, in any case")],
        requestBody: {
          content: {
            "text/plain": { schema: { type: "string" } },
            "application/octet-stream": { schema: { type: "string", format: "binary" } },
          },
        },
        responses: { ...redirect("Done; Location is the job"), ...refusals(400, 403, 404, 413) },
      }),
    },
  },
};

async function get(exchange: ServiceExchange): Promise<Response> {
  const occurrence = parseOccurrence(exchange.query);
  const named = parametersNamed(await findJob(exchange), exchange.path.name);
  const given = occurrence === undefined ? named : named.slice(occurrence - 1, occurrence);
  const [first] = given;
  if (first === undefined) throw new UwsError("not_found", `There is no parameter ${shorten(exchange.path.name)}.`);
  if ("value" in first) {
    // A repeated parameter has a line for each value.
    const answer = textAnswer(given.flatMap((each) => ("value" in each ? [each.value] : [])).join("\n"));
    answer.headers.set("x-content-type-options", "nosniff");
    return answer;
  }
  const { key, mediaType, filename } = first.upload;
  const blob = await exchange.api.blobs.get(key);
  if (blob === undefined) throw new UwsError("not_found", "The bytes of this parameter are gone.");
  // A blob never changes, so that its key names its content.
  const etag = `"${key.split("/").at(-1) ?? ""}"`;
  return serveBlob(exchange.request, { blob, mediaType, etag, filename: filename || first.name });
}

/** Those of that very name, or else, names being matched without regard to case, those that differ in case. */
function parametersNamed({ parameters }: Job, name: string): Parameter[] {
  const exact = parameters.filter((each) => each.name === name);
  return exact.length > 0 ? exact : parameters.filter((each) => each.name.toLowerCase() === name.toLowerCase());
}

async function put(exchange: ServiceExchange): Promise<Response> {
  const { api, path, request } = exchange;
  const job = await findJob(exchange);
  const description = await api.descriptions.of(job);
  const uploads = uploadsFor(exchange, job.id, [description]);
  try {
    const { name } = path;
    const field = takesFile(description, name)
      ? { name, upload: await uploads.store(name, limitedBody(request, api.config.uploadBytes), aboutFile(request)) }
      : { name, value: await readText(request, limits.formBytes) };
    checkFields([field]);
    await change(exchange, job, description, { parameters: [field] }, undefined);
  } catch (error) {
    await uploads.discardAll();
    throw error;
  }
  return seeOther(thisJobUrl(exchange));
}

/** curl says that everything is a form unless told otherwise. */
function aboutFile({ headers }: Request) {
  const type = headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  const known = type !== "" && type !== "application/x-www-form-urlencoded";
  return { mediaType: known ? type : "application/octet-stream", filename: "" };
}
