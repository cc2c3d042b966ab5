/**
 * JSON Schema of the `command` of a job description: the command line with which the ready-made worker (`uws worker run`) does
 * the job. What a schema cannot say (placeholders that nobody fills, say) is checked by `@uws/worker-command`.
 */

const name = { type: "string", pattern: "^[A-Za-z_][A-Za-z0-9_.:-]{0,199}$" } as const;
/** Without placeholders, or with them; NUL ends an argument for the kernel. */
const template = { type: "string", maxLength: 20_000, pattern: "^[^\\u0000]*$" } as const;
const literals = { type: "array", maxItems: 100, items: { ...template, minLength: 1 } } as const;
const bytes = { type: "integer", minimum: 1, maximum: 9_007_199_254_740_991 } as const;
const count = { type: "integer", minimum: 1, maximum: 1_000_000 } as const;
const variable = "^[A-Za-z_][A-Za-z0-9_]{0,199}$";
const fileName = "^[A-Za-z0-9_][A-Za-z0-9._-]{0,199}$";
const level = { enum: ["none", "debug", "info", "warn", "error"] } as const;

/** One argument, or several that stand or fall together. For the `$defs` of the schema that holds `commandSchema`. */
export const argumentSchema = {
  description: 'A text with {PLACEHOLDERS}, or an object: "if" with "args", "each" with "args", or "allowDash"',
  type: ["string", "object"],
  maxLength: 20_000,
  pattern: "^[^\\u0000]*$",
  properties: {
    if: {
      ...name,
      description: "The args stand only if this parameter is given (and true, where it is true or false)",
    },
    is: {
      description: "… and only if it has this value, or one of these",
      type: ["string", "number", "boolean", "array"],
      items: { type: ["string", "number", "boolean"] },
      minItems: 1,
      maxItems: 1000,
    },
    each: { ...name, description: "The args stand once for each value of this parameter" },
    args: { type: "array", minItems: 1, maxItems: 1000, items: { $ref: "#/$defs/argument" } },
    allowDash: { ...template, minLength: 1, description: "An argument that may begin with - because a value does" },
  },
  additionalProperties: false,
} as const;

export const commandSchema = {
  description: "The command line that does the job; no client sees it",
  type: "object",
  required: ["run"],
  properties: {
    run: {
      description: "The program and its arguments. No shell reads them.",
      type: "array",
      minItems: 1,
      maxItems: 1000,
      items: { $ref: "#/$defs/argument" },
    },
    files: {
      description: "Parameters whose values are put into files (uploads always are), with the names of the files",
      type: "object",
      maxProperties: 1000,
      additionalProperties: { type: "string", pattern: fileName },
    },
    stdin: { ...template, description: "A text, or one file: {TABLE}" },
    environment: {
      type: "object",
      properties: {
        inherit: {
          description: "Variables that are taken over from the worker; nothing else is",
          type: "array",
          maxItems: 1000,
          items: { type: "string", pattern: variable, not: { pattern: "^UWS_" } },
        },
        set: {
          description: "Variables that are set; one whose parameter is not given is not",
          type: "object",
          maxProperties: 1000,
          propertyNames: { pattern: variable, not: { pattern: "^UWS_" } },
          additionalProperties: template,
        },
      },
      additionalProperties: false,
    },
    progress: {
      description: "Lines that tell how far the job is, by the named groups fraction, percent, step and total, message",
      type: "array",
      minItems: 1,
      maxItems: 20,
      items: {
        type: "object",
        required: ["pattern"],
        properties: {
          from: { enum: ["stdout", "stderr", "both"] },
          pattern: { type: "string", minLength: 1, maxLength: 2000, format: "regex" },
        },
        additionalProperties: false,
      },
    },
    log: {
      description: "What becomes of the other lines",
      type: "object",
      properties: { stdout: level, stderr: level, maxLines: { type: "integer", minimum: 0, maximum: 10_000 } },
      additionalProperties: false,
    },
    outputs: {
      description: "What becomes a result",
      type: "array",
      maxItems: 1000,
      items: {
        type: "object",
        required: ["id"],
        properties: {
          id: {
            description: "For a glob with {name} (without its ending), {file} or {n}",
            type: "string",
            pattern: "^([A-Za-z0-9]|\\{(name|file|n)\\})([A-Za-z0-9._-]|\\{(name|file|n)\\}){0,127}$",
          },
          path: {
            description: "A file in the working directory",
            type: "string",
            maxLength: 1000,
            pattern: "^[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*$",
          },
          glob: {
            description: "Files in the working directory; * and ? stand for characters other than /",
            type: "string",
            maxLength: 1000,
            pattern: "^[A-Za-z0-9_*?][A-Za-z0-9._*?-]*(/[A-Za-z0-9_*?][A-Za-z0-9._*?-]*)*$",
          },
          stream: { enum: ["stdout", "stderr"] },
          mediaType: { type: "string", pattern: "^[^/ ]+/[^/ ]+.*$", maxLength: 255 },
          optional: { type: "boolean" },
          maxBytes: bytes,
          maxFiles: { type: "integer", minimum: 1, maximum: 10_000 },
        },
        additionalProperties: false,
      },
    },
    exits: {
      description: "What exit statuses mean; 0 is complete and every other fatal unless told otherwise",
      type: "array",
      maxItems: 256,
      items: {
        type: "object",
        required: ["codes", "outcome"],
        properties: {
          codes: {
            type: "array",
            minItems: 1,
            maxItems: 256,
            items: { type: "integer", minimum: 0, maximum: 255 },
          },
          outcome: { enum: ["complete", "fatal", "transient", "retry"] },
          message: { type: "string", minLength: 1, maxLength: 1000 },
          delaySeconds: { type: "integer", minimum: 0, maximum: 86_400 },
        },
        additionalProperties: false,
      },
    },
    limits: {
      type: "object",
      properties: {
        cpuSeconds: { ...count, description: "Processor time of each process" },
        addressSpace: { ...bytes, description: "Bytes of virtual memory of each process" },
        fileSize: { ...bytes, description: "Bytes of each file that it writes" },
        openFiles: { ...count, description: "Open files of each process" },
        memory: { ...bytes, description: "Bytes of resident memory of all its processes together" },
        processes: { ...count, description: "Processes at once" },
        directory: { ...bytes, description: "Bytes in the working directory" },
        bestEffort: {
          type: "boolean",
          description: "Go without the limits that this system cannot enforce; otherwise the worker does not start",
        },
      },
      additionalProperties: false,
    },
    container: {
      description: "What runs the command elsewhere",
      type: "object",
      required: ["run"],
      properties: {
        run: { ...literals, minItems: 1, description: "Stands before the command line" },
        kill: { ...literals, minItems: 1, description: "Is run when the job was stopped: what ends the container" },
      },
      additionalProperties: false,
    },
  },
  patternProperties: { "^x-": true },
  additionalProperties: false,
} as const;
