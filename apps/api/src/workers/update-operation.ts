import { limits } from "@uws/core";
import { failureContent, jobIdParameter, type OperationObject, ok, refusals } from "../openapi/operation.ts";

const text = { type: "string" } as const;
const seconds = { type: "number", minimum: 0 } as const;

const progress = {
  type: "object",
  properties: {
    fraction: { type: "number", minimum: 0, maximum: 1 },
    message: text,
    counters: { type: "object", additionalProperties: { type: "number" }, maxProperties: 100 },
  },
  required: ["fraction"],
  additionalProperties: false,
} as const;

const logLine = {
  type: "object",
  properties: { level: { type: "string", enum: ["debug", "info", "warn", "error"] }, message: text },
  required: ["message"],
  additionalProperties: false,
} as const;

const aboutResult = {
  id: { ...text, pattern: "^[A-Za-z0-9][A-Za-z0-9._~-]{0,127}$" },
  mediaType: {
    ...text,
    pattern: "^[A-Za-z0-9_!#$&^.+-]+/[A-Za-z0-9_!#$&^.+-]+( *;[ -~]*)?$",
    description: "Absent: text/plain of a text, application/octet-stream of what is elsewhere",
  },
} as const;
const elsewhere = {
  href: { ...text, format: "uri", description: "http or https" },
  size: { type: "integer", minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: "Bytes" },
} as const;
const inline = { content: { ...text, description: `At most ${limits.inlineResultBytes} bytes` } } as const;

const closed = (properties: Readonly<Record<string, object>>, required: readonly string[]) => ({
  type: "object",
  properties,
  required,
  additionalProperties: false,
});

/** A result that is kept elsewhere, or a short text. */
const result = {
  ...closed({ ...aboutResult, ...elsewhere, ...inline }, ["id"]),
  oneOf: [{ required: ["href"] }, { required: ["content"] }],
};
const shownResult = {
  anyOf: [
    closed({ ...aboutResult, ...elsewhere }, ["id", "href"]),
    closed({ ...aboutResult, ...inline }, ["id", "content"]),
  ],
};

const error = {
  type: "object",
  properties: {
    message: { ...text, minLength: 1 },
    type: { type: "string", enum: ["fatal", "transient"], default: "fatal" },
    detail: text,
    retryable: { type: "boolean", default: false, description: "Run it again while attempts remain" },
    retryDelay: { ...seconds, maximum: 86_400, description: "Seconds before that" },
  },
  required: ["message"],
  additionalProperties: false,
} as const;

const events = {
  sequence: {
    type: "integer",
    minimum: 1,
    maximum: Number.MAX_SAFE_INTEGER,
    description:
      "Number of the first event in this request: log lines, progress, checkpoint and results are numbered in this order, from 1 on for each attempt. With it, a request can be repeated",
  },
  log: { type: "array", items: logLine, maxItems: limits.updateEvents },
  progress,
  checkpoint: {
    ...text,
    contentEncoding: "base64",
    pattern: "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
    maxLength: Math.ceil(limits.checkpointBytes / 3) * 4,
    description: "From where another attempt can go on",
  },
} as const;

const release = {
  type: "object",
  description: "Gives the job back: SUSPENDED where there is a checkpoint, else QUEUED. No attempt is spent",
  properties: { reason: text },
  additionalProperties: false,
} as const;

const resultsOf = (items: object) => ({ type: "array", items, maxItems: limits.updateEvents });

/** What a worker without gRPC says of its job, as JSON Schema: in one piece, by which errors are told well. */
export const updateSchema = closed(
  { ...events, results: resultsOf(result), phase: { type: "string", enum: ["COMPLETED", "ERROR"] }, error, release },
  [],
);

/** The same for readers, with what cannot be combined apart. */
const shownSchema = {
  anyOf: [
    ["The job goes on", {}],
    ["It is done", { phase: { const: "COMPLETED" } }],
    ["It has failed", { phase: { const: "ERROR" }, error }],
    ["The worker gives it back", { release }],
  ].map(([title, end]) => ({
    title,
    ...closed({ ...events, results: resultsOf(shownResult), ...(end as object) }, Object.keys(end as object)),
  })),
};

const updated = {
  type: "object",
  properties: {
    jobId: text,
    phase: { ...text, description: "In which the job is now" },
    sequence: { type: "integer", minimum: 0, description: "Number of the last event that is stored" },
    lease: { ...seconds, description: "Seconds for which the job is the worker's without another request" },
  },
  required: ["jobId", "phase", "sequence", "lease"],
  additionalProperties: false,
} as const;

export function describeUpdate(): OperationObject {
  return {
    summary: "Report on a job (workers without gRPC)",
    description:
      "For the worker that has claimed the job, with the token that it got. Everything in a request is stored in the order of the schema; any request, an empty object too, renews the lease. 409 with the code `fenced` means that the job is no longer the worker's: it stops.",
    security: [{ attempt: [] }],
    parameters: [jobIdParameter],
    requestBody: { required: true, content: { "application/json": { schema: shownSchema } } },
    responses: {
      ...ok("Stored", { "application/json": { schema: updated } }),
      ...refusals(400, 401, 403, 404, 413, 415),
      "409": { description: "Fenced, or events are missing before these", content: failureContent },
    },
  };
}
