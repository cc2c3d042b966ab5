/**
 * Writing XML. A document of ours is a handful of elements of known names, so it is put together as text; what must
 * not go wrong is the escaping, which lives here and nowhere else. Reading XML is fast-xml-parser's.
 */

/** Anything outside XML 1.0's Char production (section 2.2); with the u flag a lone surrogate is a character, too. */
const notXml = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;
const everyNotXml = new RegExp(notXml.source, "gu");

/** Whether XML 1.0 can hold this text at all: no control characters, lone surrogates, U+FFFE, U+FFFF. */
export function isXmlText(text: string): boolean {
  return !notXml.test(text);
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  // A bare > is legal except in "]]>".
  ">": "&gt;",
  '"': "&quot;",
  // Parsers turn a bare CR into LF (XML 1.0, section 2.11) …
  "\r": "&#13;",
  // … and in attributes TAB and LF into a space (section 3.3.3).
  "\t": "&#9;",
  "\n": "&#10;",
};

const escapeWith = (text: string, characters: RegExp) =>
  text.replace(everyNotXml, "\u{FFFD}").replace(characters, (character) => entities[character] ?? character);

/**
 * Text content. A character that XML cannot hold becomes U+FFFD: a worker's error message with terminal colours must not
 * make its job unreadable. Where every character counts (parameter values), ask `isXmlText` first.
 */
export function escapeText(text: string): string {
  return escapeWith(text, /[&<>\r]/g);
}

/** The value of an attribute in double quotes; see `escapeText` for what XML cannot hold. */
export function escapeAttribute(text: string): string {
  return escapeWith(text, /[&<>"\r\t\n]/g);
}

/** Attributes by name, in order; an undefined one is left out. Names are ours and trusted. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

export function startTag(name: string, attributes: Attributes = {}): string {
  let tag = `<${name}`;
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) tag += ` ${key}="${escapeAttribute(String(value))}"`;
  }
  return `${tag}>`;
}

/** An element with markup inside it: other elements, or text that is already escaped. */
export function element(name: string, attributes: Attributes, markup: string): string {
  return `${startTag(name, attributes)}${markup}</${name}>`;
}

/** An element with text inside it. */
export function textElement(name: string, text: string, attributes?: Attributes): string {
  return element(name, attributes ?? {}, escapeText(text));
}

/** An element that says that there is no value (XML Schema part 1, section 2.6.2). */
export function nilElement(name: string): string {
  return `<${name} xsi:nil="true"></${name}>`;
}

export const xmlDeclaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
