import { digestOf, isJsonObject, type Json, type JsonObject } from "./canonical-json.ts";

/**
 * What a version of a job type promises to clients: its parameters, its results, and the limits of its jobs. Texts for people,
 * groups and examples may be mended without a new version, and so may what only the house feels: how many jobs run at once, how
 * often they are tried, how long they are expected to take.
 */
export function meaningOf(document: JsonObject): JsonObject {
  const { parameters, results, ...rest } = without(document, notPromised);
  return {
    ...rest,
    ...(parameters === undefined ? {} : { parameters: schemaMeaning(parameters) }),
    ...(Array.isArray(results) ? { results: (results as Json[]).map((result) => withoutTexts(result)) } : {}),
  };
}

/** SHA-256 of the meaning: equal for two documents of which either may stand under the same version. */
export function meaningDigest(document: JsonObject): string {
  return digestOf(meaningOf(document));
}

/** Paths, dotted, of the places in which two meanings differ; the first few. */
export function differences(one: JsonObject, other: JsonObject, limit = 5): string[] {
  return differing(meaningOf(one), meaningOf(other), []).slice(0, limit);
}

const texts = ["title", "description"] as const;
const notPromised = [
  ...texts,
  ...["$schema", "contact", "documentation", "examples"],
  ...["concurrency", "ownerConcurrency", "retry", "estimate", "groups"],
];

/** Annotations of JSON Schema 2020-12 that are for people (Validation, section 9). A default is none of them: it counts. */
const annotations = [...texts, "$comment", "examples", "deprecated"];

/** Keywords under which names, and not keywords, lead to schemas. */
const named = ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"];
/** Keywords that hold data and no schemas. */
const data = ["enum", "const", "default", "required", "type", "dependentRequired"];

function schemaMeaning(schema: Json): Json {
  if (Array.isArray(schema)) return (schema as Json[]).map(schemaMeaning);
  if (!isJsonObject(schema)) return schema;
  return mapped(without(schema, annotations), (name, value) => {
    if (data.includes(name) || name.startsWith("x-")) return value;
    return named.includes(name) && isJsonObject(value)
      ? mapped(value, (_name, child) => schemaMeaning(child))
      : schemaMeaning(value);
  });
}

function withoutTexts(value: Json): Json {
  return isJsonObject(value) ? without(value, texts) : value;
}

function without(object: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}

function mapped(object: JsonObject, change: (name: string, value: Json) => Json): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(name, value)]));
}

function differing(one: Json | undefined, other: Json | undefined, path: readonly string[]): string[] {
  if (one !== undefined && other !== undefined && digestOf(one) === digestOf(other)) return [];
  if (!isJsonObject(one) || !isJsonObject(other)) return [path.join(".")];
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].flatMap((name) =>
    differing(one[name], other[name], [...path, name]),
  );
}
