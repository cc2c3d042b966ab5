import { argumentSchema, commandSchema } from "./command-schema.ts";

/**
 * JSON Schema 2020-12 of a job description file. Members that begin with x- are for others and pass. It is published: as
 * `job-description.schema.json` beside this folder (`run generate`), and by each server at `/schemas/job-description`.
 */

const text = { type: "string", minLength: 1, maxLength: 200 } as const;
const prose = { type: "string", maxLength: 20_000 } as const;
/** The most that PostgreSQL's integer and xs:int hold. */
const seconds = { type: "integer", minimum: 0, maximum: 2_147_483_647 } as const;
const priority = { type: "integer", minimum: -1000, maximum: 1000 } as const;
const groupName = "^[A-Za-z_][A-Za-z0-9_.-]{0,99}$";
const limited = {
  type: "object",
  properties: { default: seconds, max: seconds },
  patternProperties: { "^x-": true },
  additionalProperties: false,
} as const;

/** What clients are shown: a description as it is served. */
export const servedSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "Job description",
  description: "What a job type of bun-uws is, takes and gives",
  type: "object",
  required: ["name", "version", "title", "parameters"],
  properties: {
    $schema: { type: "string" },
    // Part of NATS subjects, URLs and metric labels.
    name: { type: "string", pattern: "^[a-z][a-z0-9_-]{0,62}$" },
    version: { type: "string", pattern: "^[A-Za-z0-9][A-Za-z0-9._+-]{0,49}$" },
    title: text,
    description: prose,
    contact: {
      type: "object",
      properties: { name: text, email: { type: "string", format: "email" } },
      patternProperties: { "^x-": true },
      additionalProperties: false,
    },
    documentation: { type: "string", format: "uri", pattern: "^https?:" },
    parameters: {
      type: "object",
      required: ["type", "properties"],
      properties: {
        type: { const: "object" },
        properties: {
          type: "object",
          maxProperties: 1000,
          propertyNames: { pattern: "^[A-Za-z_][A-Za-z0-9_.:-]{0,199}$" },
          additionalProperties: {
            type: ["object", "boolean"],
            properties: {
              "x-file": {
                type: "object",
                properties: {
                  mediaTypes: { type: "array", items: { type: "string", pattern: "^[^/]+/[^/]+$" } },
                  maxBytes: { type: "integer", minimum: 1 },
                  head: {
                    type: "object",
                    required: ["pattern", "message"],
                    additionalProperties: false,
                    properties: {
                      pattern: { type: "string", format: "regex" },
                      message: { type: "string", minLength: 1 },
                      unless: { type: "array", items: { type: "string" } },
                    },
                  },
                },
                additionalProperties: false,
              },
            },
          },
        },
      },
    },
    groups: {
      type: "array",
      maxItems: 100,
      items: {
        type: "object",
        required: ["name", "title", "parameters"],
        properties: {
          name: { type: "string", pattern: groupName },
          title: text,
          description: prose,
          parameters: { type: "array", minItems: 1, maxItems: 1000, items: { type: "string" } },
        },
        patternProperties: { "^x-": true },
        additionalProperties: false,
      },
    },
    results: {
      type: "array",
      maxItems: 10_000,
      items: {
        type: "object",
        required: ["id", "mediaType"],
        properties: {
          id: { type: "string", pattern: "^[A-Za-z0-9_][A-Za-z0-9._-]{0,199}$" },
          mediaType: { type: "string", pattern: "^[^/ ]+/[^/ ]+.*$" },
          description: prose,
        },
        patternProperties: { "^x-": true },
        additionalProperties: false,
      },
    },
    executionDuration: limited,
    destruction: limited,
    retry: {
      type: "object",
      properties: { maxAttempts: { type: "integer", minimum: 1, maximum: 100 } },
      patternProperties: { "^x-": true },
      additionalProperties: false,
    },
    concurrency: { type: "integer", minimum: 1, maximum: 1_000_000 },
    ownerConcurrency: { type: "integer", minimum: 1, maximum: 1_000_000 },
    priority: {
      type: "object",
      properties: { default: priority, max: priority },
      patternProperties: { "^x-": true },
      additionalProperties: false,
    },
    estimate: { type: "number", minimum: 0 },
    examples: {
      type: "array",
      items: {
        type: "object",
        required: ["title", "parameters"],
        properties: { title: text, description: prose, parameters: { type: "object" } },
        patternProperties: { "^x-": true },
        additionalProperties: false,
      },
    },
  },
  patternProperties: { "^x-": true },
  additionalProperties: false,
} as const;

/** What an operator writes: with the command for the ready-made worker. */
export const metaSchema = {
  ...servedSchema,
  properties: { ...servedSchema.properties, command: commandSchema },
  $defs: { argument: argumentSchema },
} as const;
