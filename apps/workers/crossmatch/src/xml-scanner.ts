import { TableError } from "./table.ts";

export interface XmlHandler {
  /** Names come without their namespace prefix. */
  open(name: string, attributes: ReadonlyMap<string, string>): void;
  close(name: string): void;
  /** Character data, entities resolved; one text may come in several pieces. */
  text(text: string): void;
}

/** Longest tag, comment or CDATA section, in characters. */
const MAX_TOKEN = 1024 * 1024;
const MAX_DEPTH = 100;

const PREDEFINED: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };
const ATTRIBUTE = /\s+([^\s=<>"'/]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y;
const NAME = /^[\p{L}_:][\p{L}\p{N}\p{M}_:.·-]*$/u;

/**
 * Reads XML as it arrives, a piece at a time.
 *
 * Our own because a parser that builds the document first (fast-xml-parser) holds 256 MB of table as a string and as objects,
 * does not return to the event loop meanwhile, and takes mis-nested or truncated documents for good ones. This one checks the
 * nesting, and knows no entities but the five of XML and character references: there is nothing to expand or to fetch.
 */
export class XmlScanner {
  readonly #handler: XmlHandler;
  readonly #open: string[] = [];
  #buffer = "";
  #sawRoot = false;
  #line = 1;

  constructor(handler: XmlHandler) {
    this.#handler = handler;
  }

  push(text: string): void {
    const buffer = this.#buffer + text;
    let position = 0;
    while (position < buffer.length) {
      const next =
        buffer.charAt(position) === "<" ? this.#markup(buffer, position) : this.#characters(buffer, position);
      if (next === position) break;
      this.#countLines(buffer, position, next);
      position = next;
    }
    this.#buffer = buffer.slice(position);
    if (this.#buffer.length > MAX_TOKEN) this.#fail("a tag, comment or CDATA section is too long");
  }

  /** Throws if the document is not complete. */
  end(): void {
    const rest = this.#buffer;
    this.#buffer = "";
    if (rest !== "" && !rest.startsWith("<")) this.#emitText(rest);
    const inside = this.#open.at(-1);
    if (inside !== undefined || rest.startsWith("<"))
      this.#fail(`the document ends too early${inside ? `, inside <${inside}>` : ""}`);
    if (!this.#sawRoot) this.#fail("there is no element");
  }

  /** Returns where the markup that begins at `start` ends, or `start` if it is not complete yet. */
  #markup(buffer: string, start: number): number {
    const second = buffer.charAt(start + 1);
    if (second === "") return start;
    if (second === "?") return after(buffer, "?>", start);
    if (second === "!") return this.#declaration(buffer, start);

    // A ">" may stand inside a quoted attribute value: then the quotes before it are not in pairs.
    let end = buffer.indexOf(">", start);
    while (end >= 0 && insideQuotes(buffer, start, end)) end = buffer.indexOf(">", end + 1);
    if (end < 0) return start;
    if (second === "/") this.#closeTag(buffer.slice(start + 2, end).trimEnd());
    else this.#openTag(buffer.slice(start + 1, end));
    return end + 1;
  }

  #declaration(buffer: string, start: number): number {
    const head = buffer.slice(start, start + 9);
    if (head.startsWith("<!--")) return after(buffer, "-->", start);
    if (head === "<![CDATA[") {
      const end = buffer.indexOf("]]>", start);
      if (end < 0) return start;
      this.#emitRaw(buffer.slice(start + 9, end));
      return end + 3;
    }
    if (head === "<!DOCTYPE") {
      const end = buffer.indexOf(">", start);
      if (buffer.slice(start, end < 0 ? undefined : end).includes("["))
        this.#fail("an internal document type definition is not accepted");
      return end < 0 ? start : end + 1;
    }
    if (head.length < 9 && ["<!--", "<![CDATA[", "<!DOCTYPE"].some((known) => known.startsWith(head))) return start;
    return this.#fail(`"${head}" is not understood`);
  }

  #characters(buffer: string, start: number): number {
    const markup = buffer.indexOf("<", start);
    let end = markup < 0 ? buffer.length : markup;
    if (markup < 0) {
      // Keep back a reference that may be cut in two.
      const ampersand = buffer.lastIndexOf("&");
      if (ampersand >= start && end - ampersand < 12 && !buffer.includes(";", ampersand)) end = ampersand;
    }
    if (end > start) this.#emitText(buffer.slice(start, end));
    return end;
  }

  #openTag(tag: string): void {
    const empty = tag.endsWith("/");
    const body = empty ? tag.slice(0, -1) : tag;
    const space = body.search(/\s/);
    const qualified = space < 0 ? body : body.slice(0, space);
    if (!NAME.test(qualified)) this.#fail(`<${clip(qualified)}> is not a tag`);
    if (this.#open.length === 0 && this.#sawRoot) this.#fail("there is more than one root element");
    if (this.#open.length >= MAX_DEPTH) this.#fail(`elements are nested more than ${MAX_DEPTH} deep`);
    this.#sawRoot = true;
    const name = local(qualified);
    this.#handler.open(name, space < 0 ? NO_ATTRIBUTES : this.#attributes(body, space));
    if (empty) this.#handler.close(name);
    else this.#open.push(qualified);
  }

  #attributes(body: string, from: number): Map<string, string> {
    const attributes = new Map<string, string>();
    let position = from;
    ATTRIBUTE.lastIndex = position;
    for (let match = ATTRIBUTE.exec(body); match; match = ATTRIBUTE.exec(body)) {
      const name = match[1] ?? "";
      // xmlns:x and x:type are not ours; what is left of a prefix would be taken for one of VOTable's attributes.
      if (!name.includes(":")) attributes.set(name, this.#resolve(match[2] ?? match[3] ?? ""));
      position = ATTRIBUTE.lastIndex;
    }
    if (body.slice(position).trim() !== "") this.#fail(`the attributes of <${clip(body)}> are not readable`);
    return attributes;
  }

  #closeTag(qualified: string): void {
    const expected = this.#open.pop();
    if (expected !== qualified) this.#fail(`</${clip(qualified)}> closes <${expected ?? "nothing"}>`);
    this.#handler.close(local(qualified));
  }

  #emitText(text: string): void {
    this.#emitRaw(text.includes("&") ? this.#resolve(text) : text);
  }

  #emitRaw(text: string): void {
    if (this.#open.length > 0) this.#handler.text(text);
    else if (text.replace(/^\ufeff/, "").trim() !== "") this.#fail("there is text outside the root element");
  }

  #resolve(text: string): string {
    if (!text.includes("&")) return text;
    return text.replace(/&([^;&\s]{0,32};)?/g, (reference, body: string | undefined) => {
      const name = body?.slice(0, -1) ?? "";
      const code = name.startsWith("#x")
        ? Number.parseInt(name.slice(2), 16)
        : name.startsWith("#")
          ? Number(name.slice(1))
          : Number.NaN;
      if (code > 0 && code <= 0x10ffff) return String.fromCodePoint(code);
      return (
        (Object.hasOwn(PREDEFINED, name) ? PREDEFINED[name] : undefined) ??
        this.#fail(`the reference ${clip(reference)} is not known`)
      );
    });
  }

  #countLines(buffer: string, from: number, to: number): void {
    for (let at = buffer.indexOf("\n", from); at >= 0 && at < to; at = buffer.indexOf("\n", at + 1)) this.#line++;
  }

  #fail(problem: string): never {
    throw new TableError(`The VOTable is not well-formed XML: line ${this.#line}: ${problem}.`);
  }
}

const NO_ATTRIBUTES: ReadonlyMap<string, string> = new Map();

function after(buffer: string, terminator: string, start: number): number {
  const end = buffer.indexOf(terminator, start);
  return end < 0 ? start : end + terminator.length;
}

function insideQuotes(buffer: string, start: number, end: number): boolean {
  let quote = "";
  for (let at = start; at < end; at++) {
    const character = buffer.charAt(at);
    if (quote === "" && (character === '"' || character === "'")) quote = character;
    else if (character === quote) quote = "";
  }
  return quote !== "";
}

function local(qualified: string): string {
  return qualified.slice(qualified.indexOf(":") + 1);
}

function clip(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
