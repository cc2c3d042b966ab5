import { openByteSource, textBytes } from "./byte-source.ts";
import { readCsv } from "./read-csv.ts";
import { readVotable } from "./read-votable.ts";
import { DEFAULT_LIMITS, type Table, TableError, type TableLimits } from "./table.ts";
import { TableBuilder } from "./table-builder.ts";

export interface ReadTableOptions {
  /** Names of the position columns, if the client gave them. */
  readonly ra?: string | undefined;
  readonly dec?: string | undefined;
  readonly limits?: Partial<TableLimits>;
  readonly signal?: AbortSignal;
  /** Called as bytes arrive, with their number so far. */
  readonly onBytes?: (bytes: number) => void;
}

/**
 * Reads an uploaded table of sky positions, CSV or VOTable by what its first bytes say: clients seldom send the right media type.
 * Throws `TableError` if there is nothing to work with; rows without a usable position are listed in the table instead.
 */
export async function readTable(
  source: string | Uint8Array | AsyncIterable<Uint8Array>,
  options: ReadTableOptions = {},
): Promise<Table> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const stream = typeof source === "string" ? textBytes(source) : source instanceof Uint8Array ? once(source) : source;
  const bytes = await openByteSource(stream, limits.maxBytes, options.onBytes);
  const format = formatOf(bytes.head);
  const builder = new TableBuilder({
    format,
    limits,
    inferTypes: format === "csv",
    ...(options.ra === undefined ? {} : { ra: options.ra }),
    ...(options.dec === undefined ? {} : { dec: options.dec }),
  });
  const read = format === "csv" ? readCsv : readVotable;
  await read(bytes, builder, { maxRowSize: limits.maxRowSize, ...(options.signal ? { signal: options.signal } : {}) });
  return builder.finish();
}

function formatOf(head: Uint8Array): Table["format"] {
  if (head[0] === 0x1f && head[1] === 0x8b)
    throw new TableError("The table is compressed (gzip); send it as plain CSV or VOTable.");
  const utf16 = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
  const text = new TextDecoder("latin1").decode(head);
  if (text.startsWith("SIMPLE  =")) throw new TableError("The table is a FITS file; CSV and VOTable are read.");
  const start = text.replace(/^(?:ï»¿|ÿþ|þÿ)/, "").replace(/^[\s\0]+/, "");
  if (start === "") throw new TableError("The table is empty.");
  if (start.startsWith("<")) return "votable";
  if (!utf16 && text.includes("\0")) throw new TableError("The table is not text; CSV and VOTable are read.");
  return "csv";
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
