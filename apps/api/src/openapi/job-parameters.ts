import { limits } from "@uws/core";
import type { JobDescription, Json, JsonObject } from "@uws/description";
import { type Content, destructionTime, type ParameterObject, queryParameter } from "./operation.ts";

/** Control parameters that a new job may be given. */
const controls = {
  PHASE: { type: "string", enum: ["RUN"], description: "RUN starts the job at once" },
  RUNID: { type: "string", maxLength: limits.runIdLength, description: "A name of the client's own for the job" },
  EXECUTIONDURATION: {
    type: "integer",
    minimum: 0,
    maximum: limits.executionDuration,
    description: "Seconds that it may run; 0 = as long as allowed",
  },
  DESTRUCTION: { ...destructionTime, description: "When the job and its results may go (ISO 8601, UTC)" },
} as const;

/** … those of this job type: PRIORITY is one where the description lets clients give it. */
function controlsOf({ priority }: JobDescription): typeof controls & { readonly PRIORITY?: object } {
  if (priority === undefined) return controls;
  const PRIORITY = {
    type: "integer",
    minimum: -1000,
    maximum: 1000,
    default: priority.default,
    description: `Jobs of a higher priority come first; at most ${priority.max}, more is taken for that`,
  } as const;
  return { ...controls, PRIORITY };
}

/** The bodies with which a job of this type is created, from the JSON Schema of its parameters. */
export function creationContent(description: JobDescription): Content {
  const schema = inlineSchema(description.parameters, description.parameters);
  const example = description.examples[0]?.parameters;
  const allControls = controlsOf(description);
  const flat = (file: boolean) => withControls(schema, allControls, file);
  const json = {
    type: "object",
    properties: {
      runId: controls.RUNID,
      phase: controls.PHASE,
      executionDuration: controls.EXECUTIONDURATION,
      destruction: controls.DESTRUCTION,
      ...(description.priority === undefined ? {} : { priority: allControls.PRIORITY }),
      parameters: { ...schema, properties: propertiesOf(schema) },
    },
  };
  return {
    "application/x-www-form-urlencoded": { schema: flat(false), ...(example === undefined ? {} : { example }) },
    "multipart/form-data": { schema: flat(true) },
    "application/json": {
      schema: json,
      ...(example === undefined ? {} : { example: { phase: "RUN", parameters: example } }),
    },
  };
}

/** The same as parameters of a query that also runs the job: what is required must be there. */
export function creationQuery(description: JobDescription): ParameterObject[] {
  const { parameters } = description;
  const required = Array.isArray(parameters.required) ? (parameters.required as readonly Json[]) : [];
  const properties = Object.entries(propertiesOf(inlineSchema(parameters, parameters)));
  return [...properties, ...Object.entries(controlsOf(description))].map(([name, property]) => {
    const { description: text, ...schema }: JsonObject = isObject(property) ? property : {};
    const shown = queryParameter(name, typeof text === "string" ? text.trim() : name, schema);
    return required.includes(name) && schema.default === undefined ? { ...shown, required: true } : shown;
  });
}

/** What is required is only so of a job that is to run: a form may be sent without it. */
function withControls(schema: JsonObject, controls: object, file: boolean): object {
  const properties = Object.fromEntries(
    Object.entries(propertiesOf(schema)).map(([name, property]) => [name, file ? asFile(property) : property]),
  );
  return { type: "object", properties: { ...properties, ...controls } };
}

function propertiesOf(schema: JsonObject): JsonObject {
  const { properties } = schema;
  return isObject(properties) ? properties : {};
}

function asFile(property: Json): Json {
  if (!isObject(property) || !isObject(property["x-file"])) return property;
  const { title, description } = property;
  return {
    type: "string",
    format: "binary",
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
  };
}

/** Without `$schema`, and with local references replaced by what they refer to: in a document of ours they would point elsewhere. */
function inlineSchema(schema: JsonObject, root: JsonObject): JsonObject {
  const { $schema: _schema, $defs: _defs, $id: _id, ...rest } = inline(schema, root, 0) as JsonObject;
  return rest;
}

function inline(value: Json, root: JsonObject, depth: number): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => inline(item, root, depth));
  if (!isObject(value)) return value;
  const reference = value.$ref;
  if (typeof reference === "string") {
    // A schema that contains itself is cut off: what is deeper is still checked, only not shown.
    const target = depth < 5 ? pointed(root, reference) : undefined;
    return target === undefined ? {} : inline(target, root, depth + 1);
  }
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, inline(member, root, depth)]));
}

function pointed(root: JsonObject, reference: string): Json | undefined {
  if (!reference.startsWith("#/")) return undefined;
  return reference
    .slice(2)
    .split("/")
    .map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce<Json | undefined>((at, name) => (isObject(at) ? at[name] : undefined), root);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
