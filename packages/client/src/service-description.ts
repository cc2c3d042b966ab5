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
  /** Parameters that a person sees together. */
  readonly groups: readonly ParameterGroup[];
  readonly examples: readonly Example[];
  /** Seconds; 0 = unlimited. Undefined where the description leaves it to the server. */
  readonly executionDuration: Limited | undefined;
  /** Seconds from creation; 0 = never. */
  readonly destruction: Limited | undefined;
  /** With it, jobs may be given a PRIORITY; undefined: they may not. */
  readonly priority?: Limited | undefined;
  /** As the server gave it: its parameters are a JSON Schema 2020-12. */
  readonly document: JsonObject;
}

export interface ParameterGroup {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Names. */
  readonly parameters: readonly string[];
}

export interface Example {
  readonly title: string;
  /** Texts as a form has them, by name; several of a repeated one. */
  readonly parameters: Readonly<Record<string, readonly string[]>>;
}

/** What a job gets that does not ask, and the most that it can ask for. */
export interface Limited {
  readonly default: number;
  readonly max: number;
}

/** What an uploaded file may be. */
export interface UploadDescription {
  /** Empty where any will do. */
  readonly mediaTypes: readonly string[];
  readonly maxBytes: number | undefined;
}

export interface ParameterDescription {
  readonly name: string;
  /** What a person calls it. */
  readonly title: string | undefined;
  readonly description: string | undefined;
  /** Of the JSON Schema, those of several with bars between them; of an array the type of its items. */
  readonly type: string | undefined;
  /** Whether it may be repeated. */
  readonly multiple: boolean;
  readonly required: boolean;
  /** Whether it may be an uploaded file. */
  readonly file: boolean;
  /** … and which. */
  readonly upload: UploadDescription | undefined;
  readonly default: string | undefined;
  /** The only values that there are; empty where any will do. */
  readonly options: readonly string[];
  readonly minimum: Bound | undefined;
  readonly maximum: Bound | undefined;
  /** Characters. */
  readonly maxLength: number | undefined;
  readonly unit: string | undefined;
  readonly ucd: string | undefined;
  /** Of DALI, or another. */
  readonly xtype: string | undefined;
  /** A value of it, as a form has it; several where it may be repeated. */
  readonly example: readonly string[];
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
    groups: objectsIn(document, "groups").map((group) => ({
      name: textIn(group, "name") ?? "",
      title: textIn(group, "title") ?? textIn(group, "name") ?? "",
      description: textIn(group, "description")?.trim() ?? "",
      parameters: textsIn(group, "parameters"),
    })),
    examples: objectsIn(document, "examples").map((example) => readExample(example, parameters)),
    executionDuration: readLimited(objectIn(document, "executionDuration")),
    destruction: readLimited(objectIn(document, "destruction")),
    priority: readLimited(objectIn(document, "priority")),
    document,
  };
}

function readLimited(limited: JsonObject | undefined): Limited | undefined {
  const [most, usual] = [limited && numberIn(limited, "max"), limited && numberIn(limited, "default")];
  if (most === undefined && usual === undefined) return undefined;
  return { default: usual ?? most ?? 0, max: most ?? usual ?? 0 };
}

function readExample(example: JsonObject, root: JsonObject): Example {
  const properties = objectIn(root, "properties") ?? {};
  const given = Object.entries(objectIn(example, "parameters") ?? {});
  return {
    title: textIn(example, "title") ?? "",
    parameters: Object.fromEntries(
      given.map(([name, value]) => [name, textsOf(value, isRepeated(resolve(properties[name], root)))]),
    ),
  };
}

/** A value as the texts of a form: several of a repeated one, numbers in a row of an array that is one value (an interval). */
function textsOf(value: unknown, repeated: boolean): string[] {
  if (!Array.isArray(value)) return [shown(value)];
  if (repeated) return value.map((item) => textsOf(item, false).join(" "));
  return [value.map(shown).join(" ")];
}

/** Whether each item is a value of its own: an array with an xtype of numbers is one value. */
function isRepeated(schema: JsonObject): boolean {
  const xtype = textIn(objectIn(schema, "x-ivoa") ?? {}, "xtype");
  return typesIn(schema).includes("array") && !arrayXtypes.includes(xtype ?? "");
}

/** Those of DALI whose value is a row of numbers (docs/describe-a-job.md, "Parameters"). */
const arrayXtypes: readonly string[] = ["interval", "multiinterval", "point", "circle", "range", "polygon"];

function textsIn(object: JsonObject, name: string): string[] {
  const value = object[name];
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

function readParameter(name: string, schema: JsonObject, listed: boolean, root: JsonObject): ParameterDescription {
  const multiple = isRepeated(schema);
  const item = multiple ? resolve(schema.items, root) : schema;
  const options = "const" in item ? [item.const] : item.enum;
  const upload = objectIn(schema, "x-file") ?? objectIn(item, "x-file");
  const meaning = { ...objectIn(item, "x-ivoa"), ...objectIn(schema, "x-ivoa") };
  const [example] = Array.isArray(schema.examples) ? schema.examples : [];
  return {
    name,
    title: textIn(schema, "title"),
    description: (textIn(schema, "description") ?? textIn(schema, "title"))?.trim(),
    type: typesIn(item).join("|") || undefined,
    multiple,
    required: listed && schema.default === undefined,
    file: upload !== undefined,
    upload: upload && { mediaTypes: textsIn(upload, "mediaTypes"), maxBytes: numberIn(upload, "maxBytes") },
    default: schema.default === undefined ? undefined : shown(schema.default),
    options: Array.isArray(options) ? options.map(shown) : [],
    minimum: boundIn(item, "minimum", "exclusiveMinimum"),
    maximum: boundIn(item, "maximum", "exclusiveMaximum"),
    maxLength: numberIn(item, "maxLength"),
    unit: textIn(meaning, "unit"),
    ucd: textIn(meaning, "ucd"),
    xtype: textIn(meaning, "xtype"),
    example: example === undefined ? [] : textsOf(example, multiple),
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
