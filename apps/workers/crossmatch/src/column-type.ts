import { isDecimal } from "./parse-angle.ts";
import type { Column } from "./table.ts";

const INTEGER = /^[+-]?(?:0|[1-9]\d{0,17})$/;
const NOT_ASCII = /[^\x20-\x7e\t\r\n]/;

/**
 * Finds the narrowest VOTable datatype that holds every value of a CSV column: int, long, double, char, unicodeChar.
 * A number with leading zeros is a name ("007"), and a column without any value is text.
 */
export class ColumnType {
  #level: 0 | 1 | 2 | 3 | 4 = 0;
  #values = false;

  see(value: string): void {
    if (this.#level === 4 || value === "") return;
    this.#values = true;
    if (this.#level < 2 && INTEGER.test(value)) {
      if (this.#level === 0 && Math.abs(Number(value)) > 2147483647) this.#level = 1;
    } else if (this.#level < 3 && isDecimal(value) && !/^[+-]?0\d/.test(value)) this.#level = 2;
    else this.#level = NOT_ASCII.test(value) ? 4 : 3;
  }

  get column(): Pick<Column, "datatype" | "arraysize"> {
    const level = this.#values ? this.#level : 3;
    const datatype = (["int", "long", "double", "char", "unicodeChar"] as const)[level];
    return level >= 3 ? { datatype, arraysize: "*" } : { datatype };
  }
}
