import type { Bound, InputParameter } from "@uws/core";
import { type ParameterGroup, parameterGroups } from "./parameter-group.ts";
import { votable } from "./votable.ts";
import { element, textElement } from "./xml.ts";

/** A service that takes parameters, for clients that draw forms (DataLink 1.1, section 4). */
export interface ServiceDescriptor {
  /** XML ID, unique in the document. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** Absolute. */
  readonly url: string;
  /** URI of the standard, where it has a name for this; otherwise clients assume GET. */
  readonly standardId?: string | undefined;
  /** Media type of what it answers, where there is only one. */
  readonly contentType?: string | undefined;
  /** A URL that can be opened as it is. */
  readonly exampleUrl?: string | undefined;
  readonly parameters: readonly InputParameter[];
  readonly groups: readonly ParameterGroup[];
}

/** A VOTable that holds nothing but service descriptors. */
export function serviceDescriptors(descriptors: readonly ServiceDescriptor[]): string {
  return votable(descriptors.map(resource));
}

function resource(given: ServiceDescriptor): string {
  const { id, title, description, parameters, groups } = given;
  const grouped = new Set(groups.flatMap((group) => group.parameters));
  // An XML ID has no colon (NCName), and names may: places in the list are as good.
  const ids = new Map<string, string>(
    parameters.flatMap(({ name }, index) => (grouped.has(name) ? [[name, `${id}.${index}`] as const] : [])),
  );
  const children = [
    ...(description === "" ? [] : [textElement("DESCRIPTION", description)]),
    ...about("accessURL", given.url, "meta.ref.url"),
    ...about("standardID", given.standardId),
    ...about("contentType", given.contentType),
    ...about("exampleURL", given.exampleUrl),
    element(
      "GROUP",
      { name: "inputParams" },
      `\n${parameters.map((each) => inputParam(each, ids.get(each.name))).join("\n")}\n`,
    ),
    ...parameterGroups(groups, (name) => ids.get(name)),
  ];
  const attributes = { type: "meta", utype: "adhoc:service", ID: id, name: `${title} (${id})` };
  return element("RESOURCE", attributes, `\n${children.join("\n")}\n`);
}

function about(name: string, value: string | undefined, ucd?: string): string[] {
  if (value === undefined) return [];
  return [element("PARAM", { name, datatype: textType(value), arraysize: "*", ucd, value }, "")];
}

/**
 * The value is left empty, for the client to choose: one that is written would be sent, default or not (DataLink 1.1,
 * section 4.3). The same section leaves it to the description to tell what is required, and what the default is.
 */
function inputParam(parameter: InputParameter, id: string | undefined): string {
  const { name, unit, ucd, utype, xtype } = parameter;
  const type = typeOf(parameter);
  const attributes = {
    ID: id,
    name,
    datatype: type.datatype,
    arraysize: type.arraysize,
    unit,
    ucd,
    utype,
    xtype,
    value: "",
  };
  return element("PARAM", attributes, [...description(parameter), ...values(parameter)].join(""));
}

function description(parameter: InputParameter): string[] {
  const sentences = [
    parameter.description,
    ...(parameter.required ? ["Required."] : []),
    ...(parameter.default === undefined ? [] : [`Default: ${parameter.default}`]),
    ...(parameter.multiple ? ["There may be several values."] : []),
    ...(parameter.file ? ["May be an uploaded file (POST, multipart/form-data)."] : []),
  ];
  const text = sentences.filter((sentence) => sentence !== "").join(" ");
  return text === "" ? [] : [textElement("DESCRIPTION", text)];
}

/** An unbounded integer has the widest type there is. */
function typeOf({ type, multiple, arraysize: ofOne, options }: InputParameter) {
  const arraysize = ofOne ?? (multiple ? "*" : undefined);
  switch (type) {
    case "integer":
      return { datatype: "long", arraysize };
    case "number":
      return { datatype: "double", arraysize };
    case "boolean":
      return { datatype: "boolean", arraysize };
    case "string":
      return { datatype: textType(options.join("")), arraysize: "*" };
  }
}

/** A VOTable char is ASCII (VOTable 1.4, section 6). */
function textType(text: string): "char" | "unicodeChar" {
  return [...text].every((character) => character < "\u0080") ? "char" : "unicodeChar";
}

function values({ minimum, maximum, options }: InputParameter): string[] {
  const children = [
    ...limit("MIN", minimum),
    ...limit("MAX", maximum),
    ...options.map((value) => element("OPTION", { name: value, value }, "")),
  ];
  return children.length === 0 ? [] : [element("VALUES", {}, children.join(""))];
}

function limit(name: "MIN" | "MAX", bound: Bound | undefined): string[] {
  if (bound === undefined) return [];
  return [element(name, { value: bound.value, inclusive: bound.inclusive ? undefined : "no" }, "")];
}
