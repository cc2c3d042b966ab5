import { XMLParser } from "fast-xml-parser";
import type { Json, JsonObject } from "../canonical-json.ts";
import { cannotExpress, type Imported, type ImportNames, imported, typeName } from "./imported.ts";

/** An element as the parser gives it: attributes begin with @, children are lists. */
interface Element {
  readonly "#text"?: string;
  readonly DESCRIPTION?: readonly (Element | string)[];
  readonly INFO?: readonly Element[];
  readonly PARAM?: readonly Element[];
  readonly GROUP?: readonly Element[];
  readonly PARAMref?: readonly Element[];
  readonly RESOURCE?: readonly Element[];
  readonly VALUES?: readonly Element[];
  readonly MIN?: readonly Element[];
  readonly MAX?: readonly Element[];
  readonly OPTION?: readonly Element[];
  readonly LINK?: readonly Element[];
  readonly [attribute: `@${string}`]: string | undefined;
}

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  // Numeric references as well.
  htmlEntities: true,
  ignoreDeclaration: true,
  isArray: (name, _path, _leaf, isAttribute) => !isAttribute && name !== "VOTABLE",
});

/**
 * Reads a job definition of OPUS (its docs/jdl.md): the RESOURCE whose utype is `voprov:ActivityDescription`, with the groups
 * InputParams, Used and Generated.
 * @throws UwsError `invalid` that names what is no job definition, and what a job description cannot say
 */
export function importOpus(xml: string, source: string, names: ImportNames = {}): Imported {
  const resource = activityIn(xml, source);
  const leftOut: string[] = [];
  const about = new Map((resource.PARAM ?? []).map((param) => [param["@name"] ?? "", param["@value"] ?? ""]));
  const take = (name: string) => {
    const value = about.get(name)?.trim();
    about.delete(name);
    return value === undefined || value === "" ? undefined : value;
  };
  const original = resource["@name"] ?? resource["@ID"] ?? "";
  const name = names.name ?? typeName(original);
  if (names.name === undefined && name !== original) leftOut.push(`The name ${original} became ${name}.`);
  const version = names.version ?? take("version");
  if (version === undefined) leftOut.push("It has no version: 1 was put there.");
  const contact = { name: take("contact_name"), email: take("contact_email") };
  const groups = new Map((resource.GROUP ?? []).map((group) => [group["@name"] ?? "", group]));
  const document = {
    name,
    version: version ?? "1",
    title: resource.INFO?.find((info) => info["@name"] === "title")?.["@value"] ?? original,
    description: textOf(resource),
    contact: contact.name === undefined && contact.email === undefined ? undefined : contact,
    documentation: take("doculink") ?? resource.LINK?.[0]?.["@href"],
    parameters: parametersOf(groups.get("InputParams"), groups.get("Used"), leftOut, source),
    groups: parameterGroups(resource, groups.get("InputParams")),
    results: (groups.get("Generated")?.GROUP ?? []).map((entity) => resultOf(entity, leftOut)),
    executionDuration: durationOf(take("executionDuration")),
    estimate: numberOf(take("quote")),
  };
  for (const [left, value] of about) {
    if (value.trim() !== "" && left !== "version") leftOut.push(`${left}: a job description does not say this.`);
  }
  return imported(document, leftOut, source);
}

function activityIn(xml: string, source: string): Element {
  let root: { readonly VOTABLE?: Element };
  try {
    root = parser.parse(xml, true);
  } catch (cause) {
    cannotExpress(source, "file", `it is no XML (${cause instanceof Error ? cause.message : String(cause)})`);
  }
  const resources = root.VOTABLE?.RESOURCE ?? [];
  const [only, ...more] = resources.filter((each) => each["@utype"] === "voprov:ActivityDescription");
  if (only === undefined) {
    cannotExpress(source, "file", 'it is no VOTable with a RESOURCE of utype="voprov:ActivityDescription"');
  }
  if (more.length > 0) cannotExpress(source, "RESOURCE", "there are several job definitions; a file describes one");
  return only;
}

/** Groups of parameters as we write them: OPUS has none. */
function parameterGroups({ GROUP: groups = [] }: Element, inputs: Element | undefined): JsonObject[] | undefined {
  const names = new Map((inputs?.PARAM ?? []).map((param) => [param["@ID"] ?? "", param["@name"] ?? ""]));
  const ours = groups.filter((group) => group["@utype"] === "bun-uws:parameterGroup");
  const read = ours.map((group) => {
    const [title = "", ...description] = (textOf(group) ?? "").split(": ");
    return compact({
      name: group["@name"],
      title,
      description: nonEmpty(description.join(": ")),
      parameters: (group.PARAMref ?? []).flatMap((reference) => names.get(reference["@ref"] ?? "") ?? []),
    });
  });
  return read.length === 0 ? undefined : read;
}

function parametersOf(
  inputs: Element | undefined,
  used: Element | undefined,
  leftOut: string[],
  source: string,
): JsonObject {
  const properties: Record<string, JsonObject> = Object.create(null);
  const required: string[] = [];
  for (const param of inputs?.PARAM ?? []) {
    const name = param["@name"] ?? "";
    properties[name] = propertyOf(param, source);
    if (param["@type"] !== "no_query") required.push(name);
  }
  for (const entity of used?.GROUP ?? []) {
    const name = entity["@ref"] ?? entity["@name"] ?? "";
    const known = properties[name];
    if (known === undefined) required.push(name);
    properties[name] = {
      ...(known ?? compact({ description: textOf(entity), type: "string" })),
      ...fileOf(entity, leftOut),
    };
  }
  return { type: "object", ...(required.length > 0 ? { required } : {}), additionalProperties: false, properties };
}

const types: Readonly<Record<string, "boolean" | "integer" | "number" | "string">> = {
  boolean: "boolean",
  ...{ unsignedByte: "integer", short: "integer", int: "integer", long: "integer" },
  ...{ float: "number", double: "number" },
  ...{ char: "string", unicodeChar: "string" },
};

function propertyOf(param: Element, source: string): JsonObject {
  const datatype = param["@datatype"] ?? "char";
  const type = types[datatype] ?? cannotExpress(source, `InputParams.${param["@name"]}`, `datatype ${datatype}`);
  const { "@unit": unit, "@ucd": ucd, "@utype": utype, "@xtype": xtype } = param;
  const file = xtype === "application/octet-stream";
  const meaning = { unit: nonEmpty(unit), ucd: nonEmpty(ucd), utype: nonEmpty(utype), ...(file ? {} : { xtype }) };
  const given = nonEmpty(param["@value"]);
  const item = { type, ...limitsOf(param, type) };
  const multiple = type !== "string" && (param["@arraysize"] ?? "1") !== "1";
  const many = multiple ? { type: "array", items: item } : item;
  return compact({
    description: textOf(param),
    ...many,
    default: given === undefined || file ? undefined : defaultOf(given, type, multiple),
    "x-file": file ? {} : undefined,
    "x-ivoa": Object.values(meaning).some((value) => value !== undefined) ? compact(meaning) : undefined,
  });
}

function limitsOf({ VALUES }: Element, type: string): Record<string, Json | undefined> {
  const values = VALUES?.[0];
  if (values === undefined) return {};
  const options = (values.OPTION ?? []).map((option) => typed(option["@value"] ?? "", type));
  return {
    ...boundOf(values.MIN?.[0], "minimum", "exclusiveMinimum"),
    ...boundOf(values.MAX?.[0], "maximum", "exclusiveMaximum"),
    ...(options.length > 0 ? { enum: options } : {}),
  };
}

function boundOf(bound: Element | undefined, inclusive: string, exclusive: string): Record<string, Json> {
  const value = numberOf(bound?.["@value"]);
  return value === undefined ? {} : { [bound?.["@inclusive"] === "no" ? exclusive : inclusive]: value };
}

function defaultOf(text: string, type: string, multiple: boolean): Json {
  return multiple ? text.split(/\s+/).map((each) => typed(each, type)) : typed(text, type);
}

/** What is no value of its type stays a text, and is then refused by its name. */
function typed(text: string, type: string): Json {
  if (type === "integer" || type === "number") return numberOf(text) ?? text;
  if (type === "boolean") return /^(true|t|1)$/i.test(text) ? true : /^(false|f|0)$/i.test(text) ? false : text;
  return text;
}

/** A file that is sent with the job, or the identifier of one that OPUS fetches from a URL made of it. */
function fileOf(entity: Element, leftOut: string[]): JsonObject {
  const { url = "", content_type: types = "", default: name = "", multiplicity = "" } = paramsOf(entity);
  const at = `Used.${entity["@name"]}`;
  if (name !== "") leftOut.push(`${at}: the default ${name}: a file has none.`);
  if (multiplicity !== "" && multiplicity !== "1") leftOut.push(`${at}: multiplicity ${multiplicity}: one is sent.`);
  if (url !== "" && !url.startsWith("file://")) {
    leftOut.push(`${at}: the worker has to fetch it from ${url} itself.`);
    return {};
  }
  const mediaTypes = types.split(/[\s,]+/).filter((type) => type.includes("/"));
  return { "x-file": mediaTypes.length > 0 ? { mediaTypes } : {} };
}

function resultOf(entity: Element, leftOut: string[]): JsonObject {
  const id = entity["@name"] ?? "";
  const { content_type: mediaType = "", default: name = "", multiplicity = "" } = paramsOf(entity);
  if (name !== "") leftOut.push(`Generated.${id}: the file name ${name}: the worker sends it as ${id}.`);
  if (multiplicity !== "" && multiplicity !== "1") leftOut.push(`Generated.${id}: multiplicity ${multiplicity}.`);
  if (!mediaType.includes("/"))
    leftOut.push(`Generated.${id}: no content type: application/octet-stream was put there.`);
  return compact({
    id,
    mediaType: mediaType.includes("/") ? mediaType : "application/octet-stream",
    description: textOf(entity),
  });
}

function paramsOf(entity: Element): Record<string, string | undefined> {
  return Object.fromEntries((entity.PARAM ?? []).map((param) => [param["@name"] ?? "", param["@value"]?.trim()]));
}

function durationOf(text: string | undefined): JsonObject | undefined {
  const value = numberOf(text);
  return value === undefined ? undefined : { default: value };
}

function numberOf(text: string | undefined): number | undefined {
  const value = Number(text);
  return text === undefined || text.trim() === "" || !Number.isFinite(value) ? undefined : value;
}

function textOf({ DESCRIPTION }: Element): string | undefined {
  const [text] = DESCRIPTION ?? [];
  return nonEmpty(typeof text === "string" ? text : text?.["#text"]);
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === "" ? undefined : text.trim();
}

function compact(object: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(object).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
