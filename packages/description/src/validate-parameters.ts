import { cutValue, type InvalidParameter, UwsError } from "@uws/core";
import type { ErrorObject } from "ajv";
import { isJsonObject, type Json } from "./canonical-json.ts";
import { coerce } from "./coerce.ts";
import type { GivenParameter, GivenUpload } from "./given-parameter.ts";
import type { JobDescription } from "./job-description.ts";
import { type FileRule, fileRule, type ParameterSchema, parameterSchema, schemaFor } from "./parameter-schema.ts";
import { ruleOf } from "./schema-compiler.ts";

/**
 * Checks what a client sent against the job type's description, everything at once.
 * @param complete whether the job is to run, so that what is required must be there; a default counts as there
 * @returns what is wrong; empty when nothing is
 */
export function validateParameters(
  description: JobDescription,
  given: readonly GivenParameter[],
  { complete }: { readonly complete: boolean },
): InvalidParameter[] {
  const schema = parameterSchema(description);
  const problems: InvalidParameter[] = [];
  const groups = groupByName(given, schema);
  const data: Record<string, Json> = Object.create(null);
  // Of these the reason is told already, or there is nothing for the schema to look at.
  const settled = new Set<string>();
  for (const group of groups.values()) {
    const { value, rule } = read(group, schema);
    if (rule !== undefined) problems.push(problem(group.name, group, rule));
    if (rule !== undefined || group.uploads.length > 0) settled.add(group.key);
    data[group.key] = value;
  }
  for (const [name, property] of Object.entries(schema.properties)) {
    if (isJsonObject(property) && property.default !== undefined && !(name in data)) data[name] = property.default;
  }
  if (!schema.validate(data)) {
    for (const { key, rule } of violations(schema.validate.errors ?? [], complete)) {
      if (settled.has(key)) continue;
      const group = groups.get(key);
      problems.push(problem(group?.name ?? key, group, rule));
    }
  }
  return problems;
}

/** The error with which a request is refused. */
export function invalidParameters(problems: readonly InvalidParameter[]): UwsError {
  return new UwsError("invalid", problems.map(({ message }) => message).join("\n"), { parameters: problems });
}

/** Everything given under one name. */
interface Group {
  /** Name as the schema has it, or as the client sent it first. */
  readonly key: string;
  /** Name as the client sent it first. */
  readonly name: string;
  readonly texts: string[];
  readonly uploads: GivenUpload[];
}

function groupByName(given: readonly GivenParameter[], schema: ParameterSchema): Map<string, Group> {
  const keys = new Map<string, string>();
  const groups = new Map<string, Group>();
  for (const parameter of given) {
    const lower = parameter.name.toLowerCase();
    const key = keys.get(lower) ?? schema.names.get(lower) ?? parameter.name;
    keys.set(lower, key);
    const group = groups.get(key) ?? { key, name: parameter.name, texts: [], uploads: [] };
    groups.set(key, group);
    if ("value" in parameter) group.texts.push(parameter.value);
    else group.uploads.push(parameter.upload);
  }
  return groups;
}

/** The value that the schema is asked about, and what is wrong with it already. */
function read(group: Group, schema: ParameterSchema): { readonly value: Json; readonly rule?: string } {
  const property = schemaFor(schema, group.key);
  // The bytes of an upload are the worker's to judge.
  const text = group.texts[0] ?? "";
  if (property === undefined) return { value: text, rule: unknownName(schema) };
  const file = fileRule(property);
  if (group.uploads.length > 0) {
    // Where nothing is said of a parameter, it may be a file as well.
    const rule = uploadRule(group, property === true ? anyFile : file);
    return rule === undefined ? { value: text } : { value: text, rule };
  }
  const maxBytes = file?.maxBytes;
  if (maxBytes !== undefined && Buffer.byteLength(text) > maxBytes) {
    return { value: text, rule: `must not be longer than ${maxBytes} bytes` };
  }
  const coerced = coerce(group.texts, property, schema.root);
  return "rule" in coerced ? { value: text, rule: coerced.rule } : coerced;
}

function unknownName({ names }: ParameterSchema): string {
  const known = [...names.values()];
  return `is not a parameter of this job type; ${known.length === 0 ? "it has none" : `it has ${known.join(", ")}`}`;
}

const anyFile: FileRule = { mediaTypes: [], maxBytes: undefined };

function uploadRule({ uploads, texts }: Group, file: FileRule | undefined): string | undefined {
  if (file === undefined) return "takes a value, not a file";
  if (uploads.length + texts.length > 1) return `is given ${uploads.length + texts.length} times, must be given once`;
  for (const { mediaType, size } of uploads) {
    if (file.maxBytes !== undefined && size > file.maxBytes) return `must not be larger than ${file.maxBytes} bytes`;
    if (!acceptsType(file, mediaType)) return `must be of type ${file.mediaTypes.join(" or ")}`;
  }
  return undefined;
}

/** Types that say only that the client did not know. */
const vague = ["", "application/octet-stream", "text/plain"];

function acceptsType({ mediaTypes }: FileRule, sent: string): boolean {
  const type = essence(sent);
  if (mediaTypes.length === 0 || vague.includes(type)) return true;
  return mediaTypes
    .map(essence)
    .some((allowed) => allowed === type || allowed === `${type.split("/")[0]}/*` || allowed === "*/*");
}

/** A media type without its parameters. */
function essence(mediaType: string): string {
  return (mediaType.split(";")[0] ?? "").trim().toLowerCase();
}

interface Violation {
  readonly key: string;
  readonly rule: string;
}

/** Rules about the object as a whole: they speak of what may yet come, as long as a job is not complete. */
const wholeObject = /^#\/(anyOf|oneOf|not|if|then|else|dependent\w+|required|minProperties)\b/;

/** What the schema found, one rule after the other, in terms of parameters. */
function violations(errors: readonly ErrorObject[], complete: boolean): Violation[] {
  const considered = complete
    ? errors
    : errors.filter((error) => !(wholeObject.test(error.schemaPath) || aboutRoot(error)));
  const choices = considered.filter(({ keyword }) => keyword === "anyOf" || keyword === "oneOf");
  const inChoice = (error: ErrorObject) =>
    choices.find((choice) => choice !== error && error.schemaPath.startsWith(`${choice.schemaPath}/`));
  return considered
    .filter((error) => inChoice(error) === undefined && error.keyword !== "if")
    .map((error) => {
      const alternatives = considered.filter((other) => inChoice(other) === error).map(describe);
      const rule =
        choices.includes(error) && alternatives.length > 0 ? [...new Set(alternatives)].join(" or ") : describe(error);
      return { key: keyOf(error), rule };
    });
}

function aboutRoot({ instancePath, keyword }: ErrorObject): boolean {
  return instancePath === "" && keyword === "required";
}

function describe(error: ErrorObject): string {
  if (error.instancePath === "") {
    if (error.keyword === "required") return "is required";
    if (error.keyword === "additionalProperties" || error.keyword === "unevaluatedProperties") {
      return "is not a parameter of this job type";
    }
  }
  const [, ...inside] = error.instancePath.slice(1).split("/");
  return inside.length === 0 ? ruleOf(error) : `at ${inside.join("/")} ${ruleOf(error)}`;
}

/** The parameter of which an error speaks. */
function keyOf({ instancePath, params, propertyName }: ErrorObject): string {
  if (instancePath !== "") {
    return (instancePath.slice(1).split("/")[0] ?? "").replaceAll("~1", "/").replaceAll("~0", "~");
  }
  const named: unknown =
    params.missingProperty ?? params.additionalProperty ?? params.unevaluatedProperty ?? params.propertyName;
  return typeof named === "string" ? named : (propertyName ?? "");
}

function shownValue({ texts, uploads }: Group): string {
  const [upload] = uploads;
  if (upload !== undefined) return `file ${shorten(upload.filename)} (${upload.mediaType}, ${upload.size} bytes)`;
  return texts.slice(0, 3).map(shorten).join(", ") + (texts.length > 3 ? ", …" : "");
}

/** Quoted, control characters escaped. */
function shorten(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60).toWellFormed()}…` : text);
}

/** @param group undefined where none was given */
function problem(name: string, group: Group | undefined, rule: string): InvalidParameter {
  const subject = name === "" ? "parameters" : shorten(name).slice(1, -1);
  const value = group === undefined || group.texts.length === 0 ? null : cutValue(group.texts.join(", "));
  return {
    ...{ parameter: name, value, rule },
    message: `${subject}${group === undefined ? "" : `=${shownValue(group)}`} ${rule}`,
  };
}
