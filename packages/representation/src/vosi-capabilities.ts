import type { InputParameter } from "@uws/core";
import { capabilitiesNamespaces } from "./vosi-namespaces.ts";
import { element, textElement, xmlDeclaration } from "./xml.ts";

/** Something that a service can do (VOResource 1.1, section 3.1.3). */
export interface Capability {
  /** URI of the standard that it follows; undefined where no standard has a name for it. */
  readonly standardId?: string | undefined;
  readonly description?: string | undefined;
  readonly interfaces: readonly CapabilityInterface[];
}

/** Where it can be asked to, over HTTP with parameters (`vs:ParamHTTP`; VODataService 1.1, section 3.3.2). */
export interface CapabilityInterface {
  /** Absolute. */
  readonly url: string;
  /** Whether the URL is complete, or others begin with it. */
  readonly use: "full" | "base";
  /** Of the standard, where its standardID does not say. */
  readonly version?: string | undefined;
  readonly methods: readonly ("GET" | "POST")[];
  /** Media type of the answer. */
  readonly resultType?: string | undefined;
  readonly parameters?: readonly InputParameter[];
  /** A query that gives an answer, for those who check. */
  readonly testQuery?: string | undefined;
  /** URIs of the ways to log in; null is the way of those who do not. Empty where nobody has to. */
  readonly securityMethods?: readonly (string | null)[];
}

/** `vosi:capabilities`, valid by the schemas VOSICapabilities 1.0, VOResource 1.1 and VODataService 1.1. */
export function capabilitiesXml(capabilities: readonly Capability[]): string {
  const children = capabilities.map(capabilityElement).join("\n");
  return `${xmlDeclaration}${element("vosi:capabilities", capabilitiesNamespaces, `\n${children}\n`)}\n`;
}

/** The same as JSON. */
export function capabilitiesJson(capabilities: readonly Capability[]): object {
  return { capabilities };
}

function capabilityElement({ standardId, description, interfaces }: Capability): string {
  const children = [...optional("description", description), ...interfaces.map(interfaceElement)];
  // Unqualified, as the schema has it.
  return element("capability", { standardID: standardId }, `\n${children.join("\n")}\n`);
}

function interfaceElement(given: CapabilityInterface): string {
  const children = [
    textElement("accessURL", given.url, { use: given.use }),
    ...(given.securityMethods ?? []).map((id) => element("securityMethod", { standardID: id ?? undefined }, "")),
    ...given.methods.map((method) => textElement("queryType", method)),
    ...optional("resultType", given.resultType),
    ...(given.parameters ?? []).map(parameterElement),
    ...optional("testQuery", given.testQuery),
  ];
  const attributes = { "xsi:type": "vs:ParamHTTP", role: "std", version: given.version };
  return element("interface", attributes, `\n${children.join("\n")}\n`);
}

/** In VODataService a number is real. */
const dataTypes = { integer: "integer", number: "real", boolean: "boolean", string: "string" } as const;

function parameterElement(parameter: InputParameter): string {
  const { name, description, unit, ucd, utype, xtype, type, multiple, required } = parameter;
  const children = [
    textElement("name", name),
    ...optional("description", description),
    ...optional("unit", unit),
    ...optional("ucd", ucd),
    ...optional("utype", utype),
    // What VOTable calls xtype (VODataService 1.2, section 3.5.1).
    textElement("dataType", dataTypes[type], {
      arraysize: parameter.arraysize ?? (multiple ? "*" : undefined),
      extendedType: xtype,
    }),
  ];
  return element("param", { use: required ? "required" : "optional", std: false }, children.join(""));
}

function optional(name: string, text: string | undefined): string[] {
  return text === undefined || text === "" ? [] : [textElement(name, text)];
}
