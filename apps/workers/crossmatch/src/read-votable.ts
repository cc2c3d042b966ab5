import type { ByteSource } from "./byte-source.ts";
import { Pacer } from "./pacer.ts";
import { type Column, TableError } from "./table.ts";
import type { TableBuilder } from "./table-builder.ts";
import { BinaryRows } from "./votable-binary.ts";
import { XmlScanner } from "./xml-scanner.ts";

interface Field extends Column {
  readonly ref?: string;
}

/** Reads the first table with data of a VOTable 1.0 to 1.5, whatever its namespace and prefix: TABLEDATA, BINARY and BINARY2. */
export async function readVotable(
  source: ByteSource,
  builder: TableBuilder,
  options: { readonly maxRowSize: number; readonly signal?: AbortSignal },
): Promise<void> {
  const reader = new VotableReader(builder, options.maxRowSize);
  const scanner = new XmlScanner(reader);
  const decoder = decoderFor(source.head);
  const pacer = new Pacer(options.signal);
  for await (const chunk of source.chunks) {
    scanner.push(decode(decoder, chunk));
    await pacer.breathe();
  }
  scanner.push(decode(decoder, new Uint8Array(0), true));
  scanner.end();
  reader.end();
}

function decoderFor(head: Uint8Array): TextDecoder {
  const label =
    head[0] === 0xfe && head[1] === 0xff
      ? "utf-16be"
      : head[0] === 0xff && head[1] === 0xfe
        ? "utf-16le"
        : (/^\s*<\?xml[^>]*\sencoding\s*=\s*["']([\w.-]+)["']/.exec(
            new TextDecoder("latin1").decode(head).replace(/^ï»¿/, ""),
          )?.[1] ?? "utf-8");
  try {
    // Bun types the label as the list of those it knows; any other throws, which is what the catch is for.
    return new TextDecoder(label as Bun.Encoding, { fatal: true });
  } catch {
    throw new TableError(`The VOTable is in the encoding "${label}", which is not understood.`);
  }
}

function decode(decoder: TextDecoder, bytes: Uint8Array, last = false): string {
  try {
    return decoder.decode(bytes, { stream: !last });
  } catch {
    throw new TableError(`The VOTable holds bytes that are not ${decoder.encoding}.`);
  }
}

/** Follows the elements of a VOTable: collects FIELDs, and once DATA begins feeds rows to the builder. */
class VotableReader {
  readonly #builder: TableBuilder;
  readonly #maxRowSize: number;
  readonly #systems = new Map<string, string>();
  #sawRoot = false;
  #fields: Field[] = [];
  #field: Mutable<Field> | undefined;
  /** Where we are with the one table that is read. */
  #state: "before" | "data" | "after" = "before";
  #binary: BinaryRows | undefined;
  #cells: string[] = [];
  #cellsSize = 0;
  /** The text being collected, of a TD or DESCRIPTION or INFO. */
  #text: string | undefined;
  #inStream = false;
  #errorReported = false;

  constructor(builder: TableBuilder, maxRowSize: number) {
    this.#builder = builder;
    this.#maxRowSize = maxRowSize;
  }

  open(name: string, attributes: ReadonlyMap<string, string>): void {
    if (!this.#sawRoot && name !== "VOTABLE")
      throw new TableError(`The table is XML, but its root element is <${name}>, not <VOTABLE>.`);
    this.#sawRoot = true;
    if (this.#state === "after") return;
    switch (name) {
      case "COOSYS":
        this.#systems.set(attributes.get("ID") ?? "", attributes.get("system") ?? "");
        break;
      case "INFO":
        this.#errorReported = attributes.get("name") === "QUERY_STATUS" && attributes.get("value") === "ERROR";
        this.#text = "";
        break;
      case "TABLE":
        this.#fields = [];
        break;
      case "FIELD":
        this.#field = fieldOf(attributes, this.#fields.length);
        break;
      case "VALUES": {
        const value = attributes.get("null");
        if (this.#field && value !== undefined) this.#field.nullValue = value;
        break;
      }
      case "DATA":
        this.#header();
        break;
      case "BINARY":
      case "BINARY2":
        this.#binary = new BinaryRows(this.#fields, {
          binary2: name === "BINARY2",
          maxRowSize: this.#maxRowSize,
          onRow: (cells) => this.#row(cells),
        });
        break;
      case "STREAM":
        if (attributes.has("href"))
          throw new TableError(
            "The VOTable keeps its data elsewhere (STREAM href); only data inside the file are read.",
          );
        if ((attributes.get("encoding") ?? "base64") !== "base64")
          throw new TableError("The VOTable's STREAM is not in base64.");
        this.#inStream = this.#binary !== undefined;
        break;
      case "FITS":
        throw new TableError("The VOTable holds FITS data; TABLEDATA, BINARY and BINARY2 are read.");
      case "TR":
        this.#cells = [];
        this.#cellsSize = 0;
        break;
      case "TD":
      case "DESCRIPTION":
        this.#text = "";
        break;
    }
  }

  close(name: string): void {
    if (this.#state === "after") return;
    const text = this.#text;
    switch (name) {
      case "TD":
        this.#cells.push((text ?? "").trim());
        this.#text = undefined;
        break;
      case "TR":
        if (this.#state === "data") this.#row(this.#cells);
        break;
      case "DESCRIPTION":
        if (this.#field && text?.trim()) this.#field.description = text.trim().replace(/\s+/g, " ");
        this.#text = undefined;
        break;
      case "FIELD":
        if (this.#field) this.#fields.push(this.#field);
        this.#field = undefined;
        break;
      case "INFO":
        if (this.#errorReported)
          throw new TableError(`The VOTable is the report of an error: ${text?.trim() || "no message"}.`);
        this.#text = undefined;
        break;
      case "STREAM":
        this.#inStream = false;
        break;
      case "DATA":
        this.#binary?.end();
        this.#state = "after";
        break;
    }
  }

  text(text: string): void {
    if (this.#inStream) {
      this.#binary?.push(text);
      return;
    }
    if (this.#text === undefined) return;
    this.#cellsSize += text.length;
    if (this.#cellsSize > this.#maxRowSize)
      throw new TableError(`A row of the VOTable is longer than ${this.#maxRowSize} characters.`);
    this.#text += text;
  }

  end(): void {
    if (this.#state === "before") throw new TableError("The VOTable has no table with data.");
  }

  #header(): void {
    if (this.#fields.length === 0) throw new TableError("The VOTable has data but declares no FIELD.");
    const position = this.#builder.header(this.#fields);
    for (const index of [position.ra, position.dec]) this.#requireIcrs(this.#fields[index]);
    this.#state = "data";
    this.#cellsSize = 0;
  }

  /** FK5 at J2000 agrees with ICRS to 0.03″, below the 0.36″ of the catalogue's positions; the others are elsewhere on the sky. */
  #requireIcrs(field: Field | undefined): void {
    const system = this.#systems.get(field?.ref ?? "\0") ?? "";
    if (/^(eq_FK4|FK4|ecl_.*|ecliptic|galactic|supergalactic|barycentric|geo_app)$/i.test(system)) {
      throw new TableError(
        `The positions of the VOTable are in the system ${system}; ICRS (or FK5 at J2000) is needed.`,
      );
    }
  }

  #row(cells: readonly string[]): void {
    this.#builder.row(cells);
  }
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

function fieldOf(attributes: ReadonlyMap<string, string>, index: number): Mutable<Field> {
  const field: Mutable<Field> = {
    name: attributes.get("name") ?? attributes.get("ID") ?? `column${index + 1}`,
    datatype: attributes.get("datatype") ?? "char",
  };
  for (const key of ["arraysize", "unit", "ucd", "ref"] as const) {
    const value = attributes.get(key);
    if (value !== undefined && value !== "") field[key] = value;
  }
  return field;
}
