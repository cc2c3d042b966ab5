import { readInteger, readNumber } from "../read-number.ts";
import type { NumericXtype } from "./numeric-xtypes.ts";

/** By what the numbers of an array are told apart (VOTable 1.4, section 6). */
const space = /[ \t\r\n]+/;

/**
 * The numbers of a text. Infinities are written as VOTable writes them, and only where an end may be open; a NaN says nothing that
 * a job could be asked.
 */
export function readNumbers(
  text: string,
  { infinite }: NumericXtype,
  integer: boolean,
): { readonly values: readonly number[] } | { readonly rule: string } {
  const values: number[] = [];
  for (const [index, item] of text.split(space).entries()) {
    const value =
      (infinite && !integer ? infinities.get(item) : undefined) ?? (integer ? readInteger : readNumber)(item);
    if (value === undefined) {
      const allowed = integer ? "an integer" : infinite ? "a finite number, -Inf or +Inf" : "a finite number";
      return { rule: `number ${index + 1} must be ${allowed}` };
    }
    values.push(value);
  }
  return { values };
}

const infinities: ReadonlyMap<string, number> = new Map([
  ["+Inf", Number.POSITIVE_INFINITY],
  ["-Inf", Number.NEGATIVE_INFINITY],
]);

/** @returns what is wrong with these numbers */
export function checkNumbers(values: readonly number[], xtype: NumericXtype): string | undefined {
  const { least, step } = xtype;
  const { length } = values;
  const has = `it has ${length} number${length === 1 ? "" : "s"}`;
  if (step === undefined && length !== least) return `${has}, not ${least}`;
  if (step !== undefined && length < least) return `${has}, not ${least} or more`;
  if (step !== undefined && length % step !== 0) return `${has}, which are no pairs`;
  return xtype.check(values);
}
