import { UwsClientError } from "./errors.ts";
import { readAnswer } from "./job-handle.ts";
import { isObject, type JsonObject, numberIn, objectIn, objectsIn, parseJson, textIn } from "./read-json.ts";
import type { Transport } from "./transport.ts";

/** A job type, as far as a person who calls it needs to know; the whole is in `document`. */
export interface ServiceDescription {
  readonly name: string;
  readonly version: string | undefined;
  readonly title: string | undefined;
  readonly description: string | undefined;
  readonly parameters: readonly ParameterDescription[];
  /** Whether there may be parameters that the description does not name. */
  readonly open: boolean;
  readonly results: readonly ResultDescription[];
  /** As the server gave it: its parameters are a JSON Schema 2020-12. */
  readonly document: JsonObject;
}

export interface ParameterDescription {
  readonly name: string;
  readonly description: string | undefined;
  /** Of the JSON Schema, those of several with bars between them; of an array the type of its items. */
  readonly type: string | undefined;
  /** Whether it may be repeated. */
  readonly multiple: boolean;
  readonly required: boolean;
  /** Whether it may be an uploaded file. */
  readonly file: boolean;
  readonly default: string | undefined;
  /** The only values that there are; empty where any will do. */
  readonly options: readonly string[];
  readonly minimum: Bound | undefined;
  readonly maximum: Bound | undefined;
  readonly unit: string | undefined;
}

export interface Bound {
  readonly value: number;
  /** Whether the value itself is allowed. */
  readonly inclusive: boolean;
}

export interface ResultDescription {
  readonly id: string;
  readonly mediaType: string | undefined;
  readonly description: string | undefined;
}

/** The job types of a service. */
export interface ServiceDescriptions {
  readonly types: readonly ServiceDescription[];
  /** The parameter that names the type of a new job; undefined where there is one type, which nobody needs to name. */
  readonly typeParameter: string | undefined;
}

/**
 * Asks for a description.
 * @param read of what the server has there
 * @returns undefined where there is none
 */
export async function askDescription<Value>(
  transport: Transport,
  url: string,
  read: (text: string) => Value,
  signal: AbortSignal | undefined,
): Promise<Value | undefined> {
  try {
    const answer = await transport.send(url, { accept: "application/json", signal });
    // What other servers have under this name may be anything.
    return await readAnswer(answer, read);
  } catch (error) {
    const { status } = error instanceof UwsClientError ? error : { status: undefined };
    if (status === undefined || status >= 500 || status === 401) throw error;
    return undefined;
  }
}

/**
 * Reads a description of bun-uws, of one type or of several.
 * @throws Error when it is something else
 */
export function readDescriptions(text: string): ServiceDescriptions {
  const document = parseJson(text);
  if (!isObject(document) || !Array.isArray(document.descriptions)) {
    return { types: [descriptionOf(document)], typeParameter: undefined };
  }
  return {
    types: objectsIn(document, "descriptions").map(descriptionOf),
    typeParameter: textIn(document, "typeParameter"),
  };
}

/**
 * Reads a description of bun-uws.
 * @throws Error when it is something else
 */
export function readDescription(text: string): ServiceDescription {
  return descriptionOf(parseJson(text));
}

function descriptionOf(document: unknown): ServiceDescription {
  const parameters = isObject(document) ? objectIn(document, "parameters") : undefined;
  const name = isObject(document) ? textIn(document, "name") : undefined;
  if (!isObject(document) || parameters === undefined || name === undefined) throw new Error("no job description");
  const required = Array.isArray(parameters.required) ? parameters.required : [];
  const properties = objectIn(parameters, "properties") ?? {};
  return {
    name,
    version: textIn(document, "version"),
    title: textIn(document, "title"),
    description: textIn(document, "description")?.trim(),
    parameters: Object.entries(properties).flatMap(([name, property]) =>
      property === false
        ? []
        : [readParameter(name, resolve(property, parameters), required.includes(name), parameters)],
    ),
    open: parameters.additionalProperties !== false || objectIn(parameters, "patternProperties") !== undefined,
    results: objectsIn(document, "results").map((result) => ({
      id: textIn(result, "id") ?? "",
      mediaType: textIn(result, "mediaType"),
      description: textIn(result, "description"),
    })),
    document,
  };
}

function readParameter(name: string, schema: JsonObject, listed: boolean, root: JsonObject): ParameterDescription {
  const multiple = typesIn(schema).includes("array");
  const item = multiple ? resolve(schema.items, root) : schema;
  const options = "const" in item ? [item.const] : item.enum;
  return {
    name,
    description: (textIn(schema, "description") ?? textIn(schema, "title"))?.trim(),
    type: typesIn(item).join("|") || undefined,
    multiple,
    required: listed && schema.default === undefined,
    file: objectIn(schema, "x-file") !== undefined,
    default: schema.default === undefined ? undefined : shown(schema.default),
    options: Array.isArray(options) ? options.map(shown) : [],
    minimum: boundIn(item, "minimum", "exclusiveMinimum"),
    maximum: boundIn(item, "maximum", "exclusiveMaximum"),
    unit: textIn(objectIn(schema, "x-ivoa") ?? {}, "unit"),
  };
}

function boundIn(schema: JsonObject, inclusive: string, exclusive: string): Bound | undefined {
  const bound = numberIn(schema, inclusive);
  if (bound !== undefined) return { value: bound, inclusive: true };
  const limit = numberIn(schema, exclusive);
  return limit === undefined ? undefined : { value: limit, inclusive: false };
}

/** Follows local references (`#/$defs/…`); what cannot be followed is a schema that says nothing. */
function resolve(schema: unknown, root: JsonObject, depth = 0): JsonObject {
  if (!isObject(schema)) return {};
  const reference = textIn(schema, "$ref");
  if (reference === undefined || depth > 20) return schema;
  const path = reference.replace(/^#\/?/, "").split("/").filter(Boolean);
  const keys = path.map((key) => decodeURIComponent(key).replaceAll("~1", "/").replaceAll("~0", "~"));
  const target = keys.reduce<unknown>((at, key) => (isObject(at) ? at[key] : undefined), root);
  const { $ref: _, ...own } = schema;
  return { ...resolve(target, root, depth + 1), ...own };
}

function typesIn({ type }: JsonObject): readonly string[] {
  return [type].flat().filter((one) => typeof one === "string" && one !== "null") as string[];
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
