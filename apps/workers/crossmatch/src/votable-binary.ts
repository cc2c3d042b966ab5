import { type Column, TableError } from "./table.ts";

const UTF_8 = new TextDecoder();
const UTF_16 = new TextDecoder("utf-16be");

/** Bytes of one element of each primitive type (VOTable 1.4, section 2.1). `bit` is packed, see below. */
const SIZES: Readonly<Record<string, number>> = {
  boolean: 1,
  unsignedByte: 1,
  short: 2,
  int: 4,
  long: 8,
  char: 1,
  unicodeChar: 2,
  float: 4,
  double: 8,
  floatComplex: 8,
  doubleComplex: 16,
};

/**
 * Decodes the rows of a VOTable's BINARY or BINARY2 stream (VOTable 1.4, sections 5.3 and 5.4) into what TABLEDATA would have
 * said. BINARY2 puts one bit per field before each row: set, the field is null.
 */
export class BinaryRows {
  readonly #fields: readonly { readonly datatype: string; readonly count: number | "variable" }[];
  readonly #flagBytes: number;
  readonly #maxRowSize: number;
  readonly #onRow: (cells: string[]) => void;
  #base64 = "";
  #pending = new Uint8Array(0);

  constructor(
    columns: readonly Column[],
    options: { readonly binary2: boolean; readonly maxRowSize: number; readonly onRow: (cells: string[]) => void },
  ) {
    this.#fields = columns.map((column) => {
      if (column.datatype !== "bit" && !Object.hasOwn(SIZES, column.datatype)) {
        throw new TableError(`The column "${column.name}" has the unknown datatype "${column.datatype}".`);
      }
      return { datatype: column.datatype, count: elementCount(column) };
    });
    this.#flagBytes = options.binary2 ? Math.ceil(columns.length / 8) : 0;
    this.#maxRowSize = options.maxRowSize;
    this.#onRow = options.onRow;
  }

  push(base64: string): void {
    const clean = this.#base64 + base64.replace(/\s+/g, "");
    // Four characters are three bytes; the rest waits for its neighbours.
    const whole = clean.length - (clean.length % 4);
    this.#base64 = clean.slice(whole);
    if (/[^A-Za-z0-9+/=]/.test(clean)) throw new TableError("The VOTable's data stream is not base64.");
    this.#decode(Buffer.from(clean.slice(0, whole), "base64"));
  }

  end(): void {
    if (this.#base64 !== "" || this.#pending.length > 0)
      throw new TableError("The VOTable's data stream ends in the middle of a row.");
  }

  #decode(bytes: Uint8Array): void {
    const data = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    const reader = new Reader(data);
    let done = 0;
    while (done < data.length) {
      const cells = this.#row(reader);
      if (!cells) break;
      if (reader.offset === done) throw new TableError("The VOTable's rows have no length.");
      done = reader.offset;
      this.#onRow(cells);
    }
    this.#pending = data.slice(done);
    if (this.#pending.length > this.#maxRowSize)
      throw new TableError(`A row of the VOTable is longer than ${this.#maxRowSize} bytes.`);
  }

  /** One row, or undefined if its end has not come yet. */
  #row(reader: Reader): string[] | undefined {
    const flags = reader.take(this.#flagBytes);
    if (!flags) return undefined;
    const cells: string[] = [];
    for (const [index, { datatype, count }] of this.#fields.entries()) {
      const length = count === "variable" ? reader.count() : count;
      if (length === undefined) return undefined;
      const bytes = reader.take(datatype === "bit" ? Math.ceil(length / 8) : length * (SIZES[datatype] ?? 1));
      if (!bytes) return undefined;
      const isNull = ((flags.at(index >> 3) ?? 0) & (0x80 >> (index & 7))) !== 0;
      cells.push(isNull ? "" : cellText(datatype, length, bytes));
    }
    return cells;
  }
}

class Reader {
  offset = 0;
  readonly #data: Uint8Array;

  constructor(data: Uint8Array) {
    this.#data = data;
  }

  take(length: number): Uint8Array | undefined {
    if (this.offset + length > this.#data.length) return undefined;
    this.offset += length;
    return this.#data.subarray(this.offset - length, this.offset);
  }

  count(): number | undefined {
    const bytes = this.take(4);
    return bytes && viewOf(bytes).getUint32(0);
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The number of elements that an arraysize says: "*" and "10*" vary, "2x3" is six, none is one. */
function elementCount(column: Column): number | "variable" {
  const { arraysize } = column;
  if (arraysize === undefined || arraysize.trim() === "") return 1;
  if (arraysize.trim().endsWith("*")) return "variable";
  const count = arraysize.split("x").reduce((product, size) => product * Number(size), 1);
  if (!Number.isSafeInteger(count) || count < 0)
    throw new TableError(`The column "${column.name}" has the arraysize "${arraysize}", which is not understood.`);
  return count;
}

function cellText(datatype: string, length: number, bytes: Uint8Array): string {
  // Text is padded with NUL and ends at the first one.
  if (datatype === "char") return upToNul(UTF_8.decode(bytes));
  if (datatype === "unicodeChar") return upToNul(UTF_16.decode(bytes));
  const view = viewOf(bytes);
  return Array.from({ length }, (_, index) => elementText(datatype, index, view)).join(" ");
}

function elementText(datatype: string, index: number, view: DataView): string {
  switch (datatype) {
    case "boolean":
      return booleanText(view.getUint8(index));
    case "bit":
      return String((view.getUint8(index >> 3) >> (7 - (index & 7))) & 1);
    case "unsignedByte":
      return String(view.getUint8(index));
    case "short":
      return String(view.getInt16(index * 2));
    case "int":
      return String(view.getInt32(index * 4));
    case "long":
      return String(view.getBigInt64(index * 8));
    case "float":
      return floatText(shortest(view.getFloat32(index * 4)));
    case "double":
      return floatText(view.getFloat64(index * 8));
    case "floatComplex":
      return `${floatText(shortest(view.getFloat32(index * 8)))} ${floatText(shortest(view.getFloat32(index * 8 + 4)))}`;
    default:
      return `${floatText(view.getFloat64(index * 16))} ${floatText(view.getFloat64(index * 16 + 8))}`;
  }
}

function booleanText(code: number): string {
  const letter = String.fromCharCode(code);
  return "Tt1".includes(letter) ? "T" : "Ff0".includes(letter) ? "F" : "?";
}

/** The decimal of fewest digits that gives the same float32 back: 0.1, not 0.10000000149011612. Nine digits always do. */
function shortest(single: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const candidate = Number(single.toPrecision(digits));
    if (Math.fround(candidate) === single) return candidate;
  }
  return single;
}

function floatText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  return String(value);
}

function upToNul(text: string): string {
  const end = text.indexOf("\0");
  return end < 0 ? text : text.slice(0, end);
}
