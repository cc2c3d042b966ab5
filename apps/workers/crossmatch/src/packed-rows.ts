/**
 * The cells of many rows, each row as one string of JSON. A million rows as arrays of strings take several hundred MB, and with
 * them every garbage collection takes long; packed they take about twice their file, and only matched rows are ever unpacked.
 */
export class PackedRows {
  readonly #rows: string[] = [];

  get length(): number {
    return this.#rows.length;
  }

  add(cells: readonly string[]): void {
    this.#rows.push(JSON.stringify(cells));
  }

  /** Throws if there is no such row. */
  at(index: number): string[] {
    const packed = this.#rows[index];
    if (packed === undefined) throw new RangeError(`no row ${index} among ${this.#rows.length}`);
    return JSON.parse(packed) as string[];
  }

  *[Symbol.iterator](): Generator<string[]> {
    for (let index = 0; index < this.length; index++) yield this.at(index);
  }
}
