import { isJsonObject, type Json, type JsonObject } from "../canonical-json.ts";
import { cannotExpress, type Imported, type ImportNames, imported, typeName } from "./imported.ts";
import { importJsonSchema, readObject } from "./json-schema.ts";
import { type Properties, parametersFrom, propertiesOf } from "./object-parameters.ts";
import { SchemaSource } from "./own-schema.ts";

/** Which part of an OpenAPI document is to become a job type: an operation by its operationId, or a schema by its pointer. */
export interface OpenApiPart extends ImportNames {
  readonly operation?: string | undefined;
  readonly schema?: string | undefined;
}

/** Makes a description of an operation, or of a schema, of an OpenAPI 3 document (YAML or JSON). */
export function importOpenApi(text: string, source: string, { operation, schema, ...names }: OpenApiPart): Imported {
  const root = readObject(text, source);
  if (typeof root.openapi !== "string" || !root.openapi.startsWith("3.")) {
    cannotExpress(source, "file", "it is no OpenAPI 3 document (of Swagger 2.0 there are converters)");
  }
  if (schema !== undefined)
    return importJsonSchema(text, source, { ...versionOf(root), ...given(names), pointer: schema });
  if (operation === undefined)
    cannotExpress(source, "file", `say which --operation or --schema; ${operationsOf(root)}`);
  return importOperation(root, source, operation, names);
}

/** Names of which one is undefined say nothing of it. */
function given({ name, version }: ImportNames): ImportNames {
  return { ...(name === undefined ? {} : { name }), ...(version === undefined ? {} : { version }) };
}

function versionOf({ info }: JsonObject): ImportNames {
  return isJsonObject(info) && typeof info.version === "string" ? { version: info.version } : {};
}

function importOperation(root: JsonObject, source: string, id: string, names: ImportNames): Imported {
  const leftOut: string[] = [];
  const from = new SchemaSource(root, source, leftOut);
  const found = operationsIn(root).find(({ operation }) => operation.operationId === id);
  if (found === undefined) cannotExpress(source, "paths", `there is no operation ${id}; ${operationsOf(root)}`);
  const { operation, path } = found;
  const all = join(parametersIn(from, [path.parameters, operation.parameters]), bodyOf(from, operation.requestBody));
  const text = (of: Json | undefined, name: string) =>
    isJsonObject(of) && typeof of[name] === "string" ? (of[name] as string) : undefined;
  const info = isJsonObject(root.info) ? root.info : {};
  const contact = { name: text(info.contact, "name"), email: text(info.contact, "email") };
  const document = {
    name: names.name ?? typeName(id),
    version: names.version ?? text(info, "version") ?? "1",
    title: (text(operation, "summary") ?? id).slice(0, 200),
    description: text(operation, "description"),
    contact: contact.name === undefined && contact.email === undefined ? undefined : contact,
    documentation: text(operation.externalDocs, "url") ?? text(root.externalDocs, "url"),
    parameters: parametersFrom(from, all),
    results: resultsOf(from, operation.responses),
  };
  return imported(document, leftOut, source);
}

const methods = ["get", "put", "post", "delete", "patch", "options", "head", "trace"];

function operationsIn({ paths }: JsonObject): { readonly path: JsonObject; readonly operation: JsonObject }[] {
  return Object.values(isJsonObject(paths) ? paths : {}).flatMap((path) =>
    isJsonObject(path)
      ? methods.flatMap((method) => {
          const operation = path[method];
          return isJsonObject(operation) ? [{ path, operation }] : [];
        })
      : [],
  );
}

function operationsOf(root: JsonObject): string {
  const ids = operationsIn(root).map(({ operation }) => String(operation.operationId ?? ""));
  return `operations are: ${ids.filter((id) => id !== "").join(", ") || "none with an operationId"}`;
}

/** Parameters of the query and the path; an operation's own stand for those of its path. */
function parametersIn(from: SchemaSource, lists: readonly (Json | undefined)[]): Properties {
  const properties: Record<string, Json> = Object.create(null);
  const required: string[] = [];
  for (const written of lists.flatMap((list) => (Array.isArray(list) ? (list as readonly Json[]) : []))) {
    const parameter = from.resolve(written);
    const name = String(parameter.name);
    if (parameter.in !== "query" && parameter.in !== "path") {
      from.leftOut.push(`parameters.${name}: it is sent in a ${String(parameter.in)}.`);
      continue;
    }
    const content = isJsonObject(parameter.content) ? Object.values(parameter.content)[0] : undefined;
    const schema = from.own(parameter.schema ?? (isJsonObject(content) ? content.schema : undefined), name);
    const { description } = parameter;
    properties[name] =
      typeof description === "string" ? { description, ...(typeof schema === "boolean" ? {} : schema) } : schema;
    if (parameter.required === true && !required.includes(name)) required.push(name);
  }
  return { properties, required, rules: {} };
}

/** Bodies whose parts have names, the richest first. */
const bodies = ["multipart/form-data", "application/x-www-form-urlencoded", "application/json"];

function bodyOf(from: SchemaSource, written: Json | undefined): Properties {
  const body = from.resolve(written);
  const content = isJsonObject(body.content) ? body.content : undefined;
  if (content === undefined) return { properties: {}, required: [], rules: {} };
  const type = bodies.find((each) => isJsonObject(content[each]));
  const chosen = type === undefined ? undefined : content[type];
  if (!isJsonObject(chosen)) {
    const types = Object.keys(content).join(", ");
    cannotExpress(from.source, "requestBody", `a body of ${types}: parameters have names (${bodies.join(", ")})`);
  }
  const found = propertiesOf(from, chosen.schema, "requestBody");
  for (const [name, encoding] of Object.entries(isJsonObject(chosen.encoding) ? chosen.encoding : {})) {
    const property = found.properties[name];
    if (!isJsonObject(property) || property["x-file"] === undefined) continue;
    if (!isJsonObject(encoding) || typeof encoding.contentType !== "string") continue;
    found.properties[name] = { ...property, "x-file": { mediaTypes: encoding.contentType.split(/[\s,]+/) } };
  }
  return body.required === true ? found : { ...found, required: body.required === false ? [] : found.required };
}

function join(one: Properties, other: Properties): Properties {
  return {
    properties: { ...one.properties, ...other.properties },
    required: [...new Set([...one.required, ...other.required])],
    rules: { ...one.rules, ...other.rules },
  };
}

/** What a successful answer holds is the one result that an operation can name. */
function resultsOf(from: SchemaSource, responses: Json | undefined): JsonObject[] {
  const [, response] =
    Object.entries(isJsonObject(responses) ? responses : {}).find(([status]) => /^2/.test(status)) ?? [];
  const { content, description } = from.resolve(response);
  const [mediaType] = Object.keys(isJsonObject(content) ? content : {});
  if (mediaType === undefined) return [];
  return [{ id: "result", mediaType, ...(typeof description === "string" ? { description } : {}) }];
}
