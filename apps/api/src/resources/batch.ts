import { limits, phases } from "@uws/core";
import { createBatchFromRequest } from "../create-job/create-batch.ts";
import { creationContent } from "../openapi/creation.ts";
import { failureContent, refusals } from "../openapi/operation.ts";
import type { Resource } from "../resource.ts";

/** Many jobs by one request (ours). No job has such an id. */
export const batch: Resource = {
  path: "/batch",
  methods: {
    POST: {
      handle: createBatchFromRequest,
      describe: (service) => {
        const { schema, examples = {} } = creationContent(service)["application/json"] ?? { schema: {} };
        const [example] = Object.values(examples);
        return {
          summary: "Create many jobs",
          description: `All of them or none, at most ${limits.batchJobs}, by one statement. What is wrong is told of all jobs, a line each, which begins with the index of the job. With an Idempotency-Key, a repeated request makes no more jobs.`,
          parameters: [
            {
              name: "Idempotency-Key",
              in: "header",
              description: "Names the request, so that it can be repeated",
              schema: { type: "string", pattern: "^[A-Za-z0-9_-]{20,255}$" },
            },
          ],
          requestBody: {
            required: true,
            content: {
              "application/json": {
                schema: {
                  type: "object",
                  properties: { jobs: { type: "array", items: schema, minItems: 1, maxItems: limits.batchJobs } },
                  required: ["jobs"],
                  additionalProperties: false,
                },
                ...(example === undefined
                  ? {}
                  : { examples: { one: { summary: example.summary, value: { jobs: [example.value] } } } }),
              },
            },
          },
          responses: {
            "201": { description: "Created, in the order of the request", content: createdContent },
            ...refusals(400, 403, 413, 415),
            "409": { description: "The Idempotency-Key was used for another request", content: failureContent },
          },
        };
      },
    },
  },
};

const createdContent = {
  "application/json": {
    schema: {
      type: "object",
      properties: {
        jobs: {
          type: "array",
          items: {
            type: "object",
            properties: {
              jobId: { type: "string" },
              href: { type: "string", format: "uri" },
              phase: {
                type: ["string", "null"],
                enum: [...phases, null],
                description: "null: made by the request that is repeated, and gone since",
              },
            },
            required: ["jobId", "href", "phase"],
            additionalProperties: false,
          },
        },
      },
      required: ["jobs"],
      additionalProperties: false,
    },
  },
};
