import { isJsonObject, type Json, type JsonObject } from "../canonical-json.ts";
import type { NumericXtype } from "./numeric-xtypes.ts";
import { numericXtype, textXtype, xtypeName } from "./xtype-of.ts";

/**
 * The schema of a parameter's values in JSON, with what its xtype says: how many numbers there are, and between what they lie.
 * An infinity is no number in JSON, so that "-Inf" and "+Inf" stand for them.
 * @param schema without references
 */
export function jsonSchemaOf(schema: Json): Json {
  if (!isJsonObject(schema)) return schema;
  const numeric = numericXtype(schema);
  if (numeric !== undefined) return arraySchema(schema, numeric);
  return withItems(withPattern(schema), jsonSchemaOf);
}

/** The same of what a form or a query holds: an array of numbers is one text there (DALI 1.1, section 3.3). */
export function formSchemaOf(schema: Json): Json {
  if (!isJsonObject(schema)) return schema;
  const numeric = numericXtype(schema);
  if (numeric === undefined) return withItems(withPattern(schema), formSchemaOf);
  const { type: _type, items: _items, prefixItems: _prefix, minItems: _min, maxItems: _max, ...rest } = schema;
  const { default: given, examples } = schema;
  return {
    ...rest,
    type: "string",
    description: described(schema, numeric),
    pattern: patternOf(numeric),
    ...(given === undefined ? {} : { default: textOf(given) }),
    ...(Array.isArray(examples) ? { examples: (examples as readonly Json[]).map(textOf) } : {}),
  };
}

/** The schema of each number, as the author has it. */
export function numberSchema(schema: JsonObject): JsonObject {
  return isJsonObject(schema.items) ? { type: "number", ...schema.items } : { type: "number" };
}

function arraySchema(schema: JsonObject, xtype: NumericXtype): JsonObject {
  const { items: _items, ...rest } = schema;
  const { least, step, bounds, infinite } = xtype;
  const number = numberSchema(schema);
  const item = infinite && number.type !== "integer" ? { anyOf: [number, { enum: ["-Inf", "+Inf"] }] } : number;
  return {
    ...rest,
    type: "array",
    description: described(schema, xtype),
    ...(bounds.length === 0 ? { items: item } : { prefixItems: bounds.map((bound) => narrowed(number, bound)) }),
    minItems: least,
    ...(step === undefined ? { maxItems: least } : {}),
  };
}

/** Where both say something, the narrower one holds. */
function narrowed(number: JsonObject, { title, minimum, maximum }: NumericXtype["bounds"][number]): JsonObject {
  const of = (value: Json | undefined, otherwise: number) => (typeof value === "number" ? value : otherwise);
  return {
    title,
    ...number,
    minimum: Math.max(of(number.minimum, minimum), minimum),
    maximum: Math.min(of(number.maximum, maximum), maximum),
  };
}

function described(schema: JsonObject, { form, infinite }: NumericXtype): string {
  const own = [schema.description, schema.title].find((text) => typeof text === "string" && text.trim() !== "");
  const meaning = `DALI ${xtypeName(schema)}: ${form}${infinite ? "; an end may be -Inf or +Inf" : ""}.`;
  return own === undefined ? meaning : `${String(own).trim()} (${meaning})`;
}

const numberPattern = "[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d+)?";

function patternOf({ least, step, infinite }: NumericXtype): string {
  const number = infinite ? `([+-]Inf|${numberPattern})` : `(${numberPattern})`;
  const more = (count: number) => `(\\s+${number}){${count}}`;
  return `^${number}${more(least - 1)}${step === undefined ? "" : `(${more(step)})*`}$`;
}

function withPattern(schema: JsonObject): JsonObject {
  const xtype = textXtype(schema);
  return xtype === undefined || schema.pattern !== undefined ? schema : { ...schema, pattern: xtype.pattern };
}

function withItems(schema: JsonObject, change: (schema: Json) => Json): JsonObject {
  return isJsonObject(schema.items) ? { ...schema, items: change(schema.items) } : schema;
}

function textOf(value: Json): Json {
  if (!Array.isArray(value)) return value;
  return (value as readonly Json[]).map((item) => (typeof item === "string" ? item : JSON.stringify(item))).join(" ");
}
