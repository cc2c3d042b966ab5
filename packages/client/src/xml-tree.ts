import { XMLParser } from "fast-xml-parser";

/** An element, prefixes dropped: servers choose their own. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** All text directly inside it, as it is. */
  readonly text: string;
}

const named: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

/** XML 1.0's references and no others; one that is none stays as it stands. */
function decode(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-fA-F]{1,6})|(\w+));/g, (reference, decimal, hexadecimal, name) => {
    if (name !== undefined) return named[name] ?? reference;
    const code = decimal === undefined ? Number.parseInt(hexadecimal, 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : reference;
  });
}

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: "",
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  // Its own decoder knows no numeric references unless it also knows those of HTML.
  entityDecoder: {
    decode,
    setExternalEntities() {},
    addInputEntities() {},
    reset() {},
    setXmlVersion() {},
  },
});

/**
 * Parses a document.
 * @returns its root element
 * @throws Error when it is not well-formed
 */
export function parseXml(document: string): XmlElement {
  const nodes: unknown = parser.parse(document, true);
  const root = elementsIn(nodes)[0];
  if (root === undefined) throw new Error("no element");
  return root;
}

export function childrenOf(parent: XmlElement | undefined, name: string): readonly XmlElement[] {
  return parent?.children.filter((child) => child.name === name) ?? [];
}

export function childOf(parent: XmlElement | undefined, name: string): XmlElement | undefined {
  return childrenOf(parent, name)[0];
}

/** The text of a child element; undefined when there is none, or it is nil, or empty. */
export function textOf(parent: XmlElement | undefined, name: string): string | undefined {
  const child = childOf(parent, name);
  const nil = child?.attributes.nil;
  return nil === "true" || nil === "1" || child?.text === "" ? undefined : child?.text;
}

/**
 * The parser's nodes, in order, are `{ tag: nodes, ":@": attributes }` and `{ "#text": text }`.
 */
function elementsIn(nodes: unknown): XmlElement[] {
  return listOf(nodes).flatMap((node) => {
    const name = Object.keys(node).find((key) => key !== ":@" && key !== "#text");
    if (name === undefined) return [];
    const inside = node[name];
    const attributes: Record<string, string> = {};
    for (const [key, value] of Object.entries(node[":@"] ?? {})) attributes[key] = String(value);
    const text = listOf(inside)
      .map((child) => child["#text"] ?? "")
      .join("");
    return [{ name, attributes, children: elementsIn(inside), text }];
  });
}

function listOf(nodes: unknown): Record<string, unknown>[] {
  return Array.isArray(nodes) ? nodes : [];
}
