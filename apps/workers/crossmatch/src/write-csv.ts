import { stringify } from "csv-stringify/sync";
import { Pacer } from "./pacer.ts";
import { resultColumns, resultRow } from "./result-table.ts";
import type { ResultInput } from "./write-votable.ts";

/** Rows per piece of output. */
const BATCH = 500;

/** The matches as CSV (RFC 4180) with a header line, in pieces. */
export async function* writeCsv({
  table,
  catalogue,
  matches,
  signal,
}: Omit<ResultInput, "radius">): AsyncGenerator<string> {
  yield csv([resultColumns(table).map((column) => column.name)]);
  const pacer = new Pacer(signal);
  for (let start = 0; start < matches.count; start += BATCH) {
    const length = Math.min(BATCH, matches.count - start);
    yield csv(Array.from({ length }, (_, offset) => resultRow(table, catalogue, matches, start + offset)));
    await pacer.breathe();
  }
}

function csv(rows: string[][]): string {
  return stringify(rows, { record_delimiter: "windows" });
}
