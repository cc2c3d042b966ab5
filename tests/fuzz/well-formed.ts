import { XMLValidator } from "fast-xml-parser";

/** Anything outside of the Char production (XML 1.0, section 2.2). */
const notXml = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

const declaration = /^<\?xml version="1\.0" encoding="UTF-8"\?>\s*/;
const tag =
  /^<(?<close>\/)?(?<name>[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?)(?<attributes>(?:\s+[\w:.-]+="[^"<]*")*)\s*(?<empty>\/)?>/;

/**
 * Fails unless a document is well-formed (XML 1.0, section 2.1). Beside fast-xml-parser, which lets much pass, by a
 * reader of our own that takes exactly what a server of ours has reason to write: tags, attributes in double quotes, text, and
 * references to characters and to the five entities that need no declaration. What would be read as something else than
 * was meant counts as a fault, too.
 */
export function expectWellFormed(document: string): void {
  const found = XMLValidator.validate(document);
  if (found !== true) throw new Error(`not well-formed: ${found.err.msg} in ${document}`);
  const wrong = firstFault(document);
  if (wrong !== undefined) throw new Error(`not well-formed: ${wrong} in ${document}`);
}

function firstFault(document: string): string | undefined {
  const forbidden = notXml.exec(document);
  if (forbidden !== null) return `the character ${JSON.stringify(forbidden[0])}`;
  let rest = document.replace(declaration, "");
  const open: string[] = [];
  let roots = 0;
  while (rest !== "") {
    const end = rest.indexOf("<");
    const text = end === -1 ? rest : rest.slice(0, end);
    if (open.length === 0 && text.trim() !== "") return `text outside of the root: ${text}`;
    if (text.includes("]]>")) return "]]> in text";
    // A reader would take it for LF (section 2.11).
    if (text.includes("\r")) return "a bare CR";
    if (!referencesHold(text)) return `a reference in ${text}`;
    if (end === -1) break;
    rest = rest.slice(end);
    const found = tag.exec(rest);
    if (found?.groups === undefined) return `a tag: ${rest.slice(0, 100)}`;
    const { close, name = "", attributes = "", empty } = found.groups;
    rest = rest.slice(found[0].length);
    const names = [...attributes.matchAll(/\s([\w:.-]+)="([^"]*)"/g)];
    if (new Set(names.map(([, key]) => key)).size !== names.length) return `an attribute twice: ${found[0]}`;
    if (!names.every(([, , value]) => referencesHold(value ?? ""))) return `a reference in ${found[0]}`;
    // A reader would take them for spaces (section 3.3.3).
    if (names.some(([, , value]) => /[\t\n\r]/.test(value ?? ""))) return `white space in ${found[0]}`;
    if (close !== undefined) {
      if (open.pop() !== name) return `</${name}> closes something else`;
      continue;
    }
    if (open.length === 0) roots += 1;
    if (empty === undefined) open.push(name);
  }
  if (open.length > 0) return `<${open.at(-1)}> is not closed`;
  return roots === 1 ? undefined : `${roots} roots`;
}

function referencesHold(text: string): boolean {
  return text.split("&").every((part, index) => {
    if (index === 0) return true;
    const [, decimal, hexadecimal, name] = /^(?:#(\d+)|#x([\da-fA-F]+)|(amp|lt|gt|quot|apos));/.exec(part) ?? [];
    if (name !== undefined) return true;
    const code = decimal === undefined ? Number.parseInt(hexadecimal ?? "", 16) : Number(decimal);
    return code <= 0x10ffff && !notXml.test(String.fromCodePoint(code));
  });
}
