import { ColumnType } from "./column-type.ts";
import { PackedRows } from "./packed-rows.ts";
import { parseDec, parseRa } from "./parse-angle.ts";
import { findPositionColumns, type PositionColumns } from "./position-columns.ts";
import {
  BAD_ROWS_KEPT,
  type BadRow,
  type Column,
  describeBadRows,
  type Table,
  TableError,
  type TableLimits,
} from "./table.ts";

export interface BuilderOptions {
  readonly format: Table["format"];
  readonly limits: TableLimits;
  /** Names of the position columns, if the client gave them. */
  readonly ra?: string;
  readonly dec?: string;
  /** Whether datatypes are found by looking at the values; otherwise the header's are kept. */
  readonly inferTypes: boolean;
}

/** Takes a header and then rows from whichever reader, keeps the good rows and remembers the bad ones. */
export class TableBuilder {
  readonly #options: BuilderOptions;
  #columns: readonly Column[] = [];
  #types: ColumnType[] = [];
  #position: PositionColumns | undefined;
  readonly #rows = new PackedRows();
  readonly #ra: number[] = [];
  readonly #dec: number[] = [];
  readonly #inputRow: number[] = [];
  readonly #badRows: BadRow[] = [];
  #seen = 0;

  constructor(options: BuilderOptions) {
    this.#options = options;
  }

  get columns(): readonly Column[] {
    return this.#columns;
  }

  get hasHeader(): boolean {
    return this.#position !== undefined;
  }

  get rowsSeen(): number {
    return this.#seen;
  }

  header(columns: readonly Column[]): PositionColumns {
    const { maxColumns } = this.#options.limits;
    if (columns.length > maxColumns)
      throw new TableError(`The table has ${columns.length} columns; at most ${maxColumns} are accepted.`);
    this.#position = findPositionColumns(columns, this.#options);
    this.#columns = columns;
    if (this.#options.inferTypes) this.#types = columns.map(() => new ColumnType());
    return this.#position;
  }

  /** `place` is what a report of a bad row should name; without it, the number of the row. */
  row(cells: readonly string[], place?: number): void {
    const position = this.#position;
    if (!position) throw new TableError("The table has rows before its columns are declared.");
    const { maxRows } = this.#options.limits;
    if (++this.#seen > maxRows)
      throw new TableError(`The table has more than ${maxRows} rows, which is the most this service accepts.`);

    const where = place ?? this.#seen;
    const excess = cells.slice(this.#columns.length);
    if (cells.length < this.#columns.length || excess.some((cell) => cell !== "")) {
      this.#bad(where, `${cells.length} fields where the header has ${this.#columns.length}`);
      return;
    }
    const ra = parseRa(cells[position.ra] ?? "", position.raScale);
    if ("problem" in ra) {
      this.#bad(where, ra.problem);
      return;
    }
    const dec = parseDec(cells[position.dec] ?? "", position.decScale);
    if ("problem" in dec) {
      this.#bad(where, dec.problem);
      return;
    }

    this.#rows.add(excess.length > 0 ? cells.slice(0, this.#columns.length) : cells);
    this.#ra.push(ra.degrees);
    this.#dec.push(dec.degrees);
    this.#inputRow.push(this.#seen);
    for (const [index, type] of this.#types.entries()) type.see(cells[index] ?? "");
  }

  /** Throws if nothing usable came. */
  finish(): Table {
    if (!this.#position) throw new TableError("The table is empty: it has no header.");
    const table: Table = {
      format: this.#options.format,
      columns: this.#options.inferTypes ? this.#inferred(this.#position) : this.#columns,
      raColumn: this.#position.ra,
      decColumn: this.#position.dec,
      rows: this.#rows,
      ra: Float64Array.from(this.#ra),
      dec: Float64Array.from(this.#dec),
      inputRow: Uint32Array.from(this.#inputRow),
      badRowCount: this.#seen - this.#rows.length,
      badRows: this.#badRows,
    };
    if (this.#seen === 0) throw new TableError("The table has a header but no rows.");
    if (table.rows.length === 0) {
      const first = describeBadRows({ ...table, badRowCount: Math.min(3, table.badRowCount) }, 3).replaceAll(
        "\n",
        "; ",
      );
      throw new TableError(`None of the ${this.#seen} rows has a usable position: ${first}.`, describeBadRows(table));
    }
    return table;
  }

  #bad(place: number, reason: string): void {
    if (this.#badRows.length < BAD_ROWS_KEPT) this.#badRows.push({ place, reason });
  }

  #inferred(position: PositionColumns): Column[] {
    return this.#columns.map((column, index) => {
      const type = this.#types[index]?.column ?? { datatype: "char", arraysize: "*" };
      const isPosition = index === position.ra || index === position.dec;
      if (!isPosition) return { ...column, ...type };
      const ucd = index === position.ra ? "pos.eq.ra" : "pos.eq.dec";
      return { ...column, ...type, ucd, ...(type.arraysize === undefined ? { unit: "deg" } : {}) };
    });
  }
}
