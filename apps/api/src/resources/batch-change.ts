import { limits } from "@uws/core";
import { changeManyFromRequest, fromPhases, type ManyAction } from "../change-many.ts";
import { filterTime, formOrJson, ok, refusals } from "../openapi/operation.ts";
import type { Resource } from "../resource.ts";

const text = { type: "string" } as const;
const id = { type: "string", format: "uuid" } as const;

const summaries = {
  abort: "Abort many jobs",
  delete: "Destroy many jobs",
  archive: "Archive many jobs",
} as const satisfies Record<ManyAction, string>;

/** One thing that is done to many jobs by one request (ours). */
function changing(action: ManyAction): Resource {
  return {
    path: `/batch/${action}`,
    methods: {
      POST: {
        handle: (exchange) => changeManyFromRequest(exchange, action),
        describe: () => ({
          summary: summaries[action],
          description: `The caller's jobs that fit the filters, which are those of the list (\`PARAM.name\` too) and combine as AND, or the jobs of these ids. Names are matched without regard to case, in the query or the body; at least one is needed. One request changes at most ${limits.batchJobs} jobs: where the filter fits more, \`next\` is the URL to POST to for the rest.`,
          requestBody: formOrJson({
            anyOf: [
              {
                type: "object",
                properties: {
                  phase: { type: "array", items: { type: "string", enum: fromPhases[action] }, minItems: 1 },
                  after: filterTime,
                  before: filterTime,
                  runId: text,
                  type: text,
                  dryRun: { type: "boolean", description: "Only say which jobs these are" },
                  limit: { type: "integer", minimum: 1, maximum: limits.batchJobs, default: limits.batchJobs },
                },
              },
              {
                type: "object",
                properties: {
                  id: { type: "array", items: id, minItems: 1, maxItems: limits.batchJobs },
                  dryRun: { type: "boolean" },
                },
                required: ["id"],
              },
            ],
          }),
          responses: { ...ok("What was done", changedContent), ...refusals(400, 403, 413, 415) },
        }),
      },
    },
  };
}

const changedContent = {
  "application/json": {
    schema: {
      type: "object",
      properties: {
        action: text,
        dryRun: { type: "boolean" },
        jobs: { type: "array", items: id, description: "Those to which it was done, or would be" },
        refused: {
          type: "array",
          description: "Those to which it could not be done",
          items: {
            type: "object",
            properties: { jobId: text, code: { type: "string", enum: ["not_found", "forbidden"] }, detail: text },
            required: ["jobId", "code", "detail"],
            additionalProperties: false,
          },
        },
        next: { type: ["string", "null"], format: "uri", description: "Where to POST for the rest; null at the end" },
      },
      required: ["action", "dryRun", "jobs", "refused", "next"],
      additionalProperties: false,
    },
  },
};

export const batchAbort = changing("abort");
export const batchDelete = changing("delete");
export const batchArchive = changing("archive");
