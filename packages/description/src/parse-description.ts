import { UwsError } from "@uws/core";
import type { ErrorObject } from "ajv";
import { digestOf, isJsonObject, type JsonObject } from "./canonical-json.ts";
import { resolve, typesOf } from "./coerce.ts";
import { givenOf } from "./given-parameter.ts";
import {
  descriptionDefaults,
  type Example,
  type JobDescription,
  type Limited,
  type ParameterGroup,
} from "./job-description.ts";
import { metaSchema } from "./meta-schema.ts";
import { compileSchema, ruleOf } from "./schema-compiler.ts";
import { validateParameters } from "./validate-parameters.ts";
import { arrayForm } from "./xtype/array-form.ts";
import { numericXtype, xtypeName } from "./xtype/xtype-of.ts";
import { readYaml, YamlError, type YamlSource } from "./yaml-source.ts";

/** What in a description is wrong, and where. */
export interface Fault {
  /** Path of the field, dotted; empty for the document itself. */
  readonly field: string;
  readonly message: string;
}

/** They are the job's, not its worker's (UWS 1.1, section 2.2.2.2 and following): such a parameter would never arrive. */
const controlNames = ["RUNID", "PHASE", "EXECUTIONDURATION", "DESTRUCTION", "ACTION", "WAIT"];

let validateDocument: ReturnType<typeof compileSchema> | undefined;

/**
 * Reads a job description.
 * @param text YAML 1.2, of which JSON is a part
 * @param source file name, or whatever tells a person where the text is from
 * @throws UwsError `invalid` that names the source and every field that is wrong
 */
export function parseDescription(text: string, source: string): JobDescription {
  return parseDescriptionFile(text, source).description;
}

/** A description, with what its file says besides, and where. */
export interface DescriptionFile {
  readonly description: JobDescription;
  /** The `command` for the worker, as the schema allows it; no part of the description, and no client's business. */
  readonly command: JsonObject | undefined;
  /** `source:line` of a field, for those who find it wrong beside others. @param field its path, dotted */
  placeOf(field: string): string;
  /** The error that tells of more faults, with their places. */
  invalid(faults: readonly Fault[]): UwsError;
}

/**
 * As `parseDescription`, for those who need more than the description.
 * @throws UwsError `invalid` that names the source and every field that is wrong
 */
export function parseDescriptionFile(text: string, source: string): DescriptionFile {
  const { value, lineOf } = parseText(text, source);
  const placeOf = (field: string) => `${source}:${lineOf(field === "" ? [] : field.split("."))}`;
  const description = read(value, placeOf);
  const command = isJsonObject(value) && isJsonObject(value.command) ? value.command : undefined;
  return { description, command, placeOf, invalid: (faults) => invalid(placeOf, faults) };
}

/** As `parseDescription`, from the document itself: what a worker announced, or a database kept. */
export function readDescription(document: unknown, source: string): JobDescription {
  return read(document, () => source);
}

/** @param place where a field stands, for a person */
function read(document: unknown, place: (field: string) => string): JobDescription {
  if (!isJsonObject(document)) throw invalid(place, [{ field: "", message: "must be an object" }]);
  const faults = metaFaults(document);
  if (faults.length > 0) throw invalid(place, faults);
  // How a worker does the job is neither promised to clients nor shown to them: it is left out before anything is made of the rest.
  const { command: _command, ...rest } = document;
  // The meta-schema has just shown that it is one.
  const written = rest as JsonObject & WrittenDescription;
  const description = freeze({
    name: written.name,
    version: written.version,
    title: written.title,
    description: written.description ?? "",
    contact: written.contact,
    documentation: written.documentation,
    parameters: written.parameters,
    groups: (written.groups ?? []).map((group) => ({ ...group, description: group.description ?? "" })),
    results: (written.results ?? []).map((result) => ({ ...result, description: result.description ?? "" })),
    executionDuration: limited(written.executionDuration, descriptionDefaults.executionDuration),
    destruction: limited(written.destruction, descriptionDefaults.destruction),
    retry: { ...descriptionDefaults.retry, ...written.retry },
    concurrency: written.concurrency,
    priority: written.priority === undefined ? undefined : priorityOf(written.priority),
    ownerConcurrency: written.ownerConcurrency,
    estimate: written.estimate,
    examples: written.examples ?? [],
    digest: digestOf(written),
    document: written,
  } satisfies JobDescription);
  const contradictions = contradictionsIn(description);
  if (contradictions.length > 0) throw invalid(place, contradictions);
  return description;
}

/** A document that passed the meta-schema. */
interface WrittenDescription {
  readonly name: string;
  readonly version: string;
  readonly title: string;
  readonly description?: string;
  readonly contact?: { readonly name?: string; readonly email?: string };
  readonly documentation?: string;
  readonly parameters: JsonObject;
  readonly groups?: readonly (Omit<ParameterGroup, "description"> & { readonly description?: string })[];
  readonly results?: readonly { readonly id: string; readonly mediaType: string; readonly description?: string }[];
  readonly executionDuration?: Partial<Limited>;
  readonly destruction?: Partial<Limited>;
  readonly retry?: { readonly maxAttempts?: number };
  readonly concurrency?: number;
  readonly priority?: Partial<Limited>;
  readonly ownerConcurrency?: number;
  readonly estimate?: number;
  readonly examples?: readonly Example[];
}

function parseText(text: string, source: string): YamlSource {
  try {
    const { value, lineOf } = readYaml(text);
    const infinite = infinity(value);
    if (infinite !== undefined) throw invalid(() => `${source}:${lineOf(infinite.field.split("."))}`, [infinite]);
    return { value: toJson(value), lineOf };
  } catch (cause) {
    if (cause instanceof UwsError) throw cause;
    const line = cause instanceof YamlError ? cause.line : 1;
    const message = cause instanceof Error ? cause.message : String(cause);
    throw invalid(() => `${source}:${line}`, [{ field: "", message }], cause);
  }
}

/** YAML can say what JSON cannot: infinities, dates by tag, and objects that are shared or contain themselves. */
function toJson(value: unknown): unknown {
  return value === undefined ? null : JSON.parse(JSON.stringify(value));
}

/** The first number that JSON does not have. */
function infinity(value: unknown, path: readonly string[] = [], around: readonly unknown[] = []): Fault | undefined {
  if (typeof value === "number" && !Number.isFinite(value)) {
    return { field: path.join("."), message: `${value} is not a JSON number` };
  }
  // What contains itself is refused afterwards.
  if (typeof value !== "object" || value === null || around.includes(value)) return undefined;
  for (const [name, member] of Object.entries(value)) {
    const found = infinity(member, [...path, name], [...around, value]);
    if (found !== undefined) return found;
  }
  return undefined;
}

function metaFaults(document: JsonObject): Fault[] {
  validateDocument ??= compileSchema(metaSchema as unknown as JsonObject);
  if (validateDocument(document)) return [];
  return (validateDocument.errors ?? []).map((error) => ({ field: fieldOf(error), message: describeError(error) }));
}

function fieldOf({ instancePath, propertyName }: ErrorObject): string {
  const path = instancePath.slice(1).split("/");
  const names = [...path, ...(propertyName === undefined ? [] : [propertyName])].filter((name) => name !== "");
  return names.map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~")).join(".");
}

function describeError(error: ErrorObject): string {
  const { keyword, params, data } = error;
  if (keyword === "type" && [params.type].flat().includes("string") && typeof data === "number") {
    return `${ruleOf(error)} (YAML reads ${data} as a number: put it in quotes)`;
  }
  const extra: unknown = params.additionalProperty;
  if (keyword === "additionalProperties" && isJsonObject(data) && data[String(extra)] === null) {
    return `${ruleOf(error)} (YAML reads {${extra}} as an object: put it in quotes)`;
  }
  return ruleOf(error);
}

/** What the meta-schema cannot say. */
function contradictionsIn(description: JobDescription): Fault[] {
  try {
    compileSchema(description.parameters);
  } catch (cause) {
    // Everything below needs a schema that works.
    return [{ field: "parameters", message: cause instanceof Error ? cause.message : String(cause) }];
  }
  return [
    ...limitFaults("executionDuration", description.executionDuration),
    ...limitFaults("destruction", description.destruction),
    ...priorityFaults(description),
    ...nameFaults(Object.keys(propertiesOf(description))),
    ...duplicates(description.results.map(({ id }) => id)).map((id) => ({
      field: "results",
      message: `the id "${id}" occurs twice`,
    })),
    ...groupFaults(description),
    ...xtypeFaults(description),
    ...defaultFaults(description),
    ...exampleFaults(description),
  ];
}

function propertiesOf({ parameters }: JobDescription): JsonObject {
  const properties = parameters.properties;
  return isJsonObject(properties) ? properties : {};
}

/** A group names parameters that there are, and none stands in two places. */
function groupFaults(description: JobDescription): Fault[] {
  const known = Object.keys(propertiesOf(description));
  const names = new Set<string>();
  const places = new Map<string, string>();
  return description.groups.flatMap(({ name, parameters }, index) => {
    const taken = names.has(name)
      ? [{ field: `groups.${index}.name`, message: `the group "${name}" occurs twice` }]
      : [];
    names.add(name);
    const wrong = parameters.flatMap((parameter, at) => {
      const field = `groups.${index}.parameters.${at}`;
      const place = places.get(parameter);
      places.set(parameter, name);
      if (!known.includes(parameter)) {
        return [{ field, message: `there is no parameter "${parameter}"; there are ${known.join(", ") || "none"}` }];
      }
      return place === undefined ? [] : [{ field, message: `"${parameter}" is in the group "${place}" already` }];
    });
    return [...taken, ...wrong];
  });
}

/** Of a type that no value of the xtype has, no value would ever be right. */
function xtypeFaults(description: JobDescription): Fault[] {
  return Object.entries(propertiesOf(description)).flatMap(([name, property]) => {
    if (!isJsonObject(property) || numericXtype(property) === undefined) return [];
    const types = typesOf(resolve(property, description.parameters), description.parameters);
    if (types.size === 0 || types.has("array") || types.has("string")) return [];
    const message = `must be array, or be left out: ${xtypeName(property)} is an array of numbers`;
    return [{ field: `parameters.properties.${name}.type`, message }];
  });
}

function priorityFaults({ priority, ...description }: JobDescription): Fault[] {
  if (priority === undefined) return [];
  const taken = Object.keys(propertiesOf(description as JobDescription)).some(
    (name) => name.toUpperCase() === "PRIORITY",
  );
  return [
    ...(priority.default > priority.max ? [{ field: "priority.default", message: "must not be above max" }] : []),
    ...(taken ? [{ field: "priority", message: "cannot stand beside a parameter named PRIORITY" }] : []),
  ];
}

function limitFaults(field: string, limit: Limited): Fault[] {
  if (limit.max === 0 || (limit.default !== 0 && limit.default <= limit.max)) return [];
  const asked = limit.default === 0 ? "0 (unlimited)" : String(limit.default);
  return [{ field: `${field}.default`, message: `${asked} is more than ${field}.max, ${limit.max}` }];
}

function nameFaults(names: readonly string[]): Fault[] {
  const controls = names.filter((name) => controlNames.includes(name.toUpperCase()));
  const twice = duplicates(names.map((name) => name.toLowerCase()));
  return [
    ...controls.map((name) => ({
      field: `parameters.properties.${name}`,
      message: "is a control parameter of UWS; name it differently",
    })),
    ...twice.map((name) => ({
      field: "parameters.properties",
      message: `"${name}" occurs twice: names are matched without regard to case`,
    })),
  ];
}

/** A default stands in for a value, so it has to be one. */
function defaultFaults(description: JobDescription): Fault[] {
  return Object.entries(propertiesOf(description)).flatMap(([name, schema]) => {
    if (!isJsonObject(schema) || schema.default === undefined) return [];
    const given = givenOf({ [name]: schema.default }, (each) => arrayForm(description, each));
    return validateParameters(description, given, { complete: false }).map(({ message }) => ({
      field: `parameters.properties.${name}.default`,
      message,
    }));
  });
}

/** Not for completeness: an example may leave out the file that a person has to choose. */
function exampleFaults(description: JobDescription): Fault[] {
  return description.examples.flatMap(({ parameters }, index) =>
    validateParameters(
      description,
      givenOf(parameters, (name) => arrayForm(description, name)),
      { complete: false },
    ).map(({ message }) => ({
      field: `examples.${index}.parameters`,
      message,
    })),
  );
}

function duplicates(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}

/** Where only one of the two is written, the other follows it. */
function limited(written: Partial<Limited> | undefined, otherwise: Limited): Limited {
  const max = written?.max ?? longest(written?.default ?? otherwise.default, otherwise.max);
  return { default: written?.default ?? shortest(otherwise.default, max), max };
}

/** Of two durations, 0 being unlimited. */
const longest = (one: number, other: number) => (one === 0 || other === 0 ? 0 : Math.max(one, other));
const shortest = (one: number, other: number) =>
  one === 0 || other === 0 ? Math.max(one, other) : Math.min(one, other);

/** Higher is more urgent; 0 is not unlimited here. */
function priorityOf({ default: otherwise, max }: Partial<Limited>): Limited {
  return { default: otherwise ?? Math.min(0, max ?? 0), max: max ?? Math.max(0, otherwise ?? 0) };
}

function freeze<Value>(value: Value): Value {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) freeze(member);
  }
  return value;
}

function invalid(place: (field: string) => string, faults: readonly Fault[], cause?: unknown): UwsError {
  const lines = faults.map(({ field, message }) => `${place(field)}: ${field === "" ? "" : `${field}: `}${message}`);
  return new UwsError("invalid", lines.join("\n"), { cause });
}
