import { limits } from "@uws/core";
import { type OperationObject, ok, refusals } from "../openapi/operation.ts";
import type { Service } from "../service.ts";
import { typesOf } from "../types-of-service.ts";

const text = { type: "string" } as const;
const textOrNull = { type: ["string", "null"] } as const;

/** What a worker without gRPC asks for, as JSON Schema. */
export const claimSchema = {
  type: "object",
  properties: {
    worker: { type: "string", minLength: 1, maxLength: 200, description: "Names the worker to clients and in logs" },
    types: {
      type: "array",
      items: text,
      minItems: 1,
      maxItems: 100,
      description: "Job types of this service that it runs; absent = all that its token covers",
    },
    max: { type: "integer", minimum: 1, maximum: limits.claims, default: 1, description: "Jobs at most" },
  },
  required: ["worker"],
  additionalProperties: false,
} as const;

const claimed = {
  type: "object",
  properties: {
    jobs: {
      type: "array",
      items: {
        type: "object",
        properties: {
          jobId: text,
          href: { type: "string", format: "uri", description: "Where to PATCH" },
          type: text,
          typeVersion: text,
          attempt: { type: "integer", minimum: 1 },
          token: {
            ...text,
            description: "Shows that the job is the worker's: `Authorization: Bearer …` of each PATCH",
          },
          runId: textOrNull,
          ownerId: textOrNull,
          executionDuration: { type: "integer", minimum: 0, description: "Seconds; 0 = unlimited" },
          parameters: { $ref: "#/components/schemas/Job/properties/parameters" },
          checkpoint: { ...textOrNull, description: "Base64, of an earlier attempt" },
          traceContext: { type: "object", additionalProperties: text },
        },
        required: [
          "jobId",
          "href",
          "type",
          "typeVersion",
          "attempt",
          "token",
          "runId",
          "ownerId",
          "executionDuration",
          "parameters",
          "checkpoint",
          "traceContext",
        ],
        additionalProperties: false,
      },
    },
    lease: { type: "number", description: "Seconds for which the jobs are the worker's without a PATCH" },
    heartbeat: { type: "number", description: "Seconds after which the next PATCH should come, at the latest" },
  },
  required: ["jobs", "lease", "heartbeat"],
  additionalProperties: false,
} as const;

export function describeClaim(service: Service): OperationObject {
  const { types } = claimSchema.properties;
  const served = { ...types, items: { ...types.items, enum: typesOf(service) } };
  return {
    summary: "Claim jobs (workers without gRPC)",
    description:
      "Gives waiting jobs of this service to the worker, in the order of the queue: they are EXECUTING, and the worker's as long as it PATCHes them. Uploaded parameters can be read with the job's token. An empty list: none waits, or none may run now; ask again later.",
    security: [{ worker: [] }, {}],
    requestBody: {
      required: true,
      content: {
        "application/json": {
          schema: { ...claimSchema, properties: { ...claimSchema.properties, types: served } },
          examples: { one: { summary: "One job for curl", value: { worker: "curl", max: 1 } } },
        },
      },
    },
    responses: {
      ...ok("The worker's jobs", { "application/json": { schema: claimed } }),
      ...refusals(400, 401, 403, 413, 415),
    },
  };
}
