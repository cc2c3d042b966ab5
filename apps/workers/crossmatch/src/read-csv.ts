import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { CsvError, parse } from "csv-parse";
import type { ByteSource } from "./byte-source.ts";
import { Pacer } from "./pacer.ts";
import { TableError } from "./table.ts";
import type { TableBuilder } from "./table-builder.ts";

const DELIMITERS = [",", ";", "\t", "|"] as const;

interface CsvRecord {
  readonly record: string[];
  /** `lines`: the line on which the record ends, from 1. */
  readonly info: { readonly lines: number };
}

/**
 * Reads delimited text whose first line that is neither empty nor a comment (#) names the columns. The delimiter is the one of
 * `, ; tab |` that occurs most in that line.
 */
export async function readCsv(
  source: ByteSource,
  builder: TableBuilder,
  options: { readonly maxRowSize: number; readonly signal?: AbortSignal },
): Promise<void> {
  const parser = parse({
    bom: true,
    delimiter: detectDelimiter(new TextDecoder().decode(source.head)),
    info: true,
    comment: "#",
    comment_no_infix: true,
    skip_empty_lines: true,
    trim: true,
    // A row of the wrong length is one bad row, and a seconds sign (22 00 52.2") is not the end of a quoted field.
    relax_column_count: true,
    relax_quotes: true,
    max_record_size: options.maxRowSize,
  });
  const pacer = new Pacer(options.signal);
  try {
    await pipeline(Readable.from(source.chunks), parser, async (records: AsyncIterable<CsvRecord>) => {
      for await (const { record, info } of records) {
        if (builder.hasHeader) builder.row(record, info.lines);
        else builder.header(record.map((name, index) => ({ name: name || `column${index + 1}`, datatype: "char" })));
        await pacer.breathe();
      }
    });
  } catch (cause) {
    if (cause instanceof CsvError) throw new TableError(`The table is not readable as CSV: ${cause.message}.`);
    throw cause;
  }
}

/** The delimiter that occurs most often, outside quotes, in the header line. */
export function detectDelimiter(text: string): string {
  const header = text.split(/\r\n|\n|\r/).find((line) => line.trim() !== "" && !line.startsWith("#")) ?? "";
  const bare = header.replace(/"[^"]*"/g, "");
  let best: string = ",";
  let most = 0;
  for (const delimiter of DELIMITERS) {
    const count = bare.split(delimiter).length - 1;
    if (count > most) [best, most] = [delimiter, count];
  }
  return best;
}
