import { phases } from "@uws/core";

/** JSON Schema 2020-12 of what `job-json.ts` and `problem.ts` write, for OpenAPI 3.1. */

const time = { type: "string", format: "date-time", examples: ["2026-01-31T12:34:56.789Z"] } as const;
const url = { type: "string", format: "uri" } as const;
const orNull = <Schema extends { readonly type: string }>(schema: Schema) =>
  ({ ...schema, type: [schema.type, "null"] }) as const;

const text = { type: "string" } as const;
const bytes = { type: "integer", minimum: 0, description: "Bytes" } as const;

const closed = <Properties extends Readonly<Record<string, object>>>(properties: Properties) =>
  ({ type: "object", properties, required: Object.keys(properties), additionalProperties: false }) as const;

const phase = { type: "string", enum: phases, description: "Execution phase (UWS 1.1, section 2.1.3)" } as const;

const parameter = {
  oneOf: [
    closed({ name: text, value: text }),
    closed({
      name: text,
      byReference: { const: true, description: "Uploaded: the bytes are at href" },
      href: url,
      mediaType: text,
      size: bytes,
    }),
  ],
} as const;

const result = closed({ id: text, href: url, mediaType: text, size: orNull(bytes) });

export const jobSchema = {
  title: "Job",
  ...closed({
    jobId: text,
    runId: orNull(text),
    ownerId: orNull(text),
    phase,
    quote: { ...orNull(time), description: "When the job is predicted to complete" },
    creationTime: time,
    startTime: orNull(time),
    endTime: orNull(time),
    executionDuration: {
      type: "integer",
      minimum: 0,
      maximum: 2_147_483_647,
      description: "Seconds that the job may run; 0 = unlimited",
    },
    priority: { type: "integer", description: "Jobs of a higher priority come first" },
    destruction: { ...orNull(time), description: "When the job and its results go" },
    type: text,
    typeVersion: text,
    attempt: { type: "integer", minimum: 0, description: "The attempt that runs or ran last, from 1; 0 before" },
    worker: orNull(text),
    progress: orNull(
      closed({
        fraction: { type: "number", minimum: 0, maximum: 1 },
        message: text,
        counters: { type: "object", additionalProperties: { type: "number" } },
      }),
    ),
    parameters: { type: "array", items: parameter },
    results: { type: "array", items: result },
    errorSummary: orNull(
      closed({ type: { type: "string", enum: ["transient", "fatal"] }, hasDetail: { type: "boolean" }, message: text }),
    ),
    links: closed({ self: url, phase: url, parameters: url, results: url, error: orNull(url), events: url }),
  }),
} as const;

const count = { type: "integer", minimum: 0 } as const;

const jobSummary = {
  description: "With SUMMARY=true: what a table shows of a job. Long values are cut, and long lists end early",
  ...closed({
    startTime: orNull(time),
    endTime: orNull(time),
    destruction: orNull(time),
    progress: orNull(closed({ fraction: { type: "number", minimum: 0, maximum: 1 }, message: text })),
    parameters: {
      type: "array",
      items: {
        oneOf: [
          closed({ name: text, value: text, cut: { type: "boolean", description: "Whether the value is longer" } }),
          closed({ name: text, byReference: { const: true }, mediaType: text, size: bytes }),
        ],
      },
    },
    parameterCount: count,
    results: { type: "array", items: result },
    resultCount: count,
    error: orNull(text),
  }),
} as const;

const jobReference = closed({
  jobId: text,
  href: url,
  phase,
  runId: orNull(text),
  ownerId: orNull(text),
  creationTime: time,
  type: text,
});

export const jobListSchema = {
  title: "Job list",
  ...closed({
    jobs: {
      type: "array",
      items: { ...jobReference, properties: { ...jobReference.properties, summary: jobSummary } },
    },
    next: { ...orNull(url), description: "The next page; null on the last one" },
  }),
} as const;

const problemMembers = closed({
  type: { type: "string" },
  title: text,
  status: { type: "integer", minimum: 400, maximum: 599 },
  detail: text,
  code: { ...text, description: "What the caller can do about it; stable, unlike the texts" },
  requestId: text,
});

const invalidParameter = {
  type: "object",
  properties: {
    parameter: { ...text, description: "As it was sent; of a missing one, as the description has it" },
    value: { ...orNull(text), description: "As it was sent, cut after 200 characters; null where none was, or a file" },
    rule: { ...text, description: "What it breaks" },
    message: { ...text, description: "All of this in one line, as in detail" },
    job: { type: "integer", minimum: 0, description: "Of a batch, which of its jobs" },
  },
  required: ["parameter", "value", "rule", "message"],
  additionalProperties: false,
} as const;

export const problemSchema = {
  title: "Problem (RFC 9457)",
  ...problemMembers,
  properties: {
    ...problemMembers.properties,
    errors: { type: "array", items: invalidParameter, description: "What is wrong with each parameter" },
  },
} as const;
