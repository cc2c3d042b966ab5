import type { PackedRows } from "./packed-rows.ts";

/** A column of the uploaded table, in the terms of VOTable. */
export interface Column {
  readonly name: string;
  readonly datatype: string;
  readonly arraysize?: string;
  readonly unit?: string;
  readonly ucd?: string;
  readonly description?: string;
  /** The value that stands for "no value" (VALUES null). */
  readonly nullValue?: string;
}

export interface BadRow {
  /** Line of the file (CSV) or number of the row (VOTable), from 1. */
  readonly place: number;
  readonly reason: string;
}

/** An uploaded table whose good rows have a position. Every cell is kept as text, as a VOTable TD would hold it. */
export interface Table {
  readonly format: "csv" | "votable";
  readonly columns: readonly Column[];
  readonly raColumn: number;
  readonly decColumn: number;
  readonly rows: PackedRows;
  /** ICRS degrees, one per good row. */
  readonly ra: Float64Array;
  readonly dec: Float64Array;
  /** Which row of the input each good row was, from 1, bad rows counted. */
  readonly inputRow: Uint32Array;
  readonly badRowCount: number;
  /** The first of them, as many as `BAD_ROWS_KEPT`. */
  readonly badRows: readonly BadRow[];
}

export interface TableLimits {
  /** Bytes of the file as uploaded. */
  readonly maxBytes: number;
  readonly maxRows: number;
  readonly maxColumns: number;
  /** Bytes (CSV, BINARY) or characters (XML) of one row. */
  readonly maxRowSize: number;
}

export const DEFAULT_LIMITS: TableLimits = {
  maxBytes: 256 * 1024 * 1024,
  maxRows: 1_000_000,
  maxColumns: 500,
  maxRowSize: 1024 * 1024,
};

export const BAD_ROWS_KEPT = 100;

/** The table cannot be used. The message is for the person who uploaded it; `detail` goes on where one line is not enough. */
export class TableError extends Error {
  override readonly name = "TableError";
  readonly detail: string | undefined;

  constructor(message: string, detail?: string) {
    super(message);
    this.detail = detail;
  }
}

/** "line 7: declination 91 is not between -90 and 90 degrees", one per line. */
export function describeBadRows(
  table: Pick<Table, "format" | "badRows" | "badRowCount">,
  most = BAD_ROWS_KEPT,
): string {
  const word = table.format === "csv" ? "line" : "row";
  const shown = table.badRows.slice(0, most).map((bad) => `${word} ${bad.place}: ${bad.reason}`);
  const rest = table.badRowCount - shown.length;
  return [...shown, ...(rest > 0 ? [`and ${rest} more`] : [])].join("\n");
}
