import type { ValidateFunction } from "ajv";
import { isJsonObject, type Json, type JsonObject } from "./canonical-json.ts";
import { resolve, type Schema } from "./coerce.ts";
import type { JobDescription } from "./job-description.ts";
import { compileSchema } from "./schema-compiler.ts";

/** The parameters' schema of a description, taken apart for asking it about one parameter. */
export interface ParameterSchema {
  readonly root: JsonObject;
  readonly validate: ValidateFunction;
  /** Property names by their lower case. */
  readonly names: ReadonlyMap<string, string>;
  readonly properties: JsonObject;
}

/** A description is frozen, so what is made of it stays right. */
const compiled = new WeakMap<JobDescription, ParameterSchema>();

export function parameterSchema(description: JobDescription): ParameterSchema {
  const known = compiled.get(description);
  if (known !== undefined) return known;
  const root = description.parameters;
  const properties = isJsonObject(root.properties) ? root.properties : {};
  const names = new Map(Object.keys(properties).map((name) => [name.toLowerCase(), name]));
  const schema = { root, validate: compileSchema(root), names, properties };
  compiled.set(description, schema);
  return schema;
}

/**
 * A parameter's name as the description writes it, however the client wrote it (UWS 1.1, section 3: names are matched
 * without regard to case).
 * @returns undefined for a name that the description does not declare
 */
export function canonicalName(description: JobDescription, name: string): string | undefined {
  return parameterSchema(description).names.get(name.toLowerCase());
}

/**
 * The schema that speaks for a parameter: its property's, a matching pattern's, or that of all others.
 * @returns undefined when there may be no such parameter
 */
export function schemaFor({ root, names, properties }: ParameterSchema, name: string): Schema | undefined {
  const declared = names.get(name.toLowerCase());
  if (declared !== undefined) return asSchema(properties[declared], root);
  const patterns = isJsonObject(root.patternProperties) ? Object.entries(root.patternProperties) : [];
  const pattern = patterns.find(([pattern]) => new RegExp(pattern, "u").test(name));
  if (pattern !== undefined) return asSchema(pattern[1], root);
  return root.additionalProperties === false ? undefined : asSchema(root.additionalProperties, root);
}

function asSchema(value: Json | undefined, root: JsonObject): Schema {
  return isJsonObject(value) ? resolve(value, root) : value !== false;
}

/** What a description says of uploads for a parameter (x-file). */
export interface FileRule {
  /** Empty = any. */
  readonly mediaTypes: readonly string[];
  readonly maxBytes: number | undefined;
}

/** @returns undefined when the parameter takes no file */
export function fileRule(schema: Schema): FileRule | undefined {
  const rule = typeof schema === "boolean" ? undefined : schema["x-file"];
  if (!isJsonObject(rule)) return undefined;
  const { mediaTypes, maxBytes } = rule;
  return {
    mediaTypes: Array.isArray(mediaTypes) ? (mediaTypes as readonly Json[]).map(String) : [],
    maxBytes: typeof maxBytes === "number" ? maxBytes : undefined,
  };
}

/** Whether a parameter of this name may be an uploaded file. */
export function takesFile(description: JobDescription, name: string): boolean {
  const schema = schemaFor(parameterSchema(description), name);
  return schema !== undefined && fileRule(schema) !== undefined;
}

/** Bytes that an uploaded file for this parameter may have; undefined where the description sets no limit. */
export function fileLimit(description: JobDescription, name: string): number | undefined {
  const schema = schemaFor(parameterSchema(description), name);
  return schema === undefined ? undefined : fileRule(schema)?.maxBytes;
}

/** Media types that an uploaded file for this parameter may have; empty where the description names none. */
export function fileTypes(description: JobDescription, name: string): readonly string[] {
  const schema = schemaFor(parameterSchema(description), name);
  return (schema === undefined ? undefined : fileRule(schema))?.mediaTypes ?? [];
}
