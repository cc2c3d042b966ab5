import type { Json } from "../canonical-json.ts";
import type { Coerced, Schema } from "../coerce.ts";
import { checkNumbers, readNumbers } from "./check-numbers.ts";
import type { NumericXtype } from "./numeric-xtypes.ts";
import { textXtype, xtypeName } from "./xtype-of.ts";

/**
 * The numbers that a text stands for: those of a DALI array, or of a JSON array, whose infinities are the texts "-Inf" and "+Inf".
 * @param integer whether they are integers
 * @param asText whether the schema takes the value as text, all the same
 */
export function coerceNumbers(
  texts: readonly string[],
  schema: Schema,
  xtype: NumericXtype,
  { integer, asText }: { readonly integer: boolean; readonly asText: boolean },
): Coerced {
  const [text = "", ...more] = texts;
  const called = `must be ${article(xtypeName(schema) ?? "")} "${xtype.form}"`;
  if (more.length > 0) return { rule: `is given ${texts.length} times, must be given once; ${called}` };
  const read = readNumbers(daliText(text), xtype, integer);
  if ("rule" in read) return { rule: `${called}: ${read.rule}` };
  const rule = checkNumbers(read.values, xtype);
  if (rule !== undefined) return { rule: `${called}: ${rule}` };
  return { value: asText ? text : read.values };
}

/** What the form that DALI gives a text says against it. */
export function textRule(schema: Schema, value: Json): string | undefined {
  const xtype = textXtype(schema);
  if (xtype === undefined || typeof value !== "string") return undefined;
  const called = `must be ${article(xtypeName(schema) ?? "")} (${xtype.form})`;
  if (!new RegExp(xtype.pattern).test(value)) return called;
  const judged = xtype.check(value);
  return judged === true ? undefined : judged === false ? called : `${called}: ${judged}`;
}

/** A JSON array as DALI writes it; what is none stays as it is. */
function daliText(text: string): string {
  if (!text.startsWith("[")) return text;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value)
      ? value.map((item) => (typeof item === "string" ? item : JSON.stringify(item))).join(" ")
      : text;
  } catch {
    return text;
  }
}

function article(noun: string): string {
  return `${/^[aei]/.test(noun) ? "an" : "a"} ${noun}`;
}
