import { isJsonObject, type Json } from "../canonical-json.ts";
import type { Schema } from "../coerce.ts";
import { type NumericXtype, numericXtypes } from "./numeric-xtypes.ts";
import { type TextXtype, textXtypes } from "./text-xtypes.ts";

/** The xtype that a schema names (`x-ivoa.xtype`), known or not. */
export function xtypeName(schema: Schema | Json | undefined): string | undefined {
  const meaning = isJsonObject(schema) ? schema["x-ivoa"] : undefined;
  const name = isJsonObject(meaning) ? meaning.xtype : undefined;
  return typeof name === "string" ? name.trim() : undefined;
}

/** The array of numbers with a meaning that a value of this schema is; undefined where it is something else. */
export function numericXtype(schema: Schema | Json | undefined): NumericXtype | undefined {
  return numericXtypes.get(xtypeName(schema) ?? "");
}

export function textXtype(schema: Schema | Json | undefined): TextXtype | undefined {
  return textXtypes.get(xtypeName(schema) ?? "");
}
