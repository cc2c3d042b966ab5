import type { Bound, InputParameter } from "@uws/core";
import { isJsonObject, type Json, type JsonObject } from "./canonical-json.ts";
import { itemSchema, resolve, type Schema, typesOf } from "./coerce.ts";
import { givenOf } from "./given-parameter.ts";
import type { JobDescription } from "./job-description.ts";
import { fileRule, parameterSchema } from "./parameter-schema.ts";
import { numericXtype, xtypeName } from "./xtype/xtype-of.ts";
import { numberSchema } from "./xtype/xtype-schema.ts";

/**
 * The parameters of a job type in the order of its description, as far as a list of parameters can tell them. Those that it
 * forbids (`false`) are left out; those that it merely allows (additionalProperties) have no names.
 */
export function inputParameters(description: JobDescription): InputParameter[] {
  const { root, properties } = parameterSchema(description);
  const required = textsOf(root.required);
  return Object.entries(properties).flatMap(([name, property]) => {
    const schema = isJsonObject(property) ? resolve(property, root) : property !== false;
    return schema === false ? [] : [inputParameter(name, schema === true ? {} : schema, root, required.includes(name))];
  });
}

function inputParameter(name: string, schema: JsonObject, root: JsonObject, listed: boolean): InputParameter {
  const xtype = numericXtype(schema);
  const multiple = xtype === undefined && typesOf(schema, root).has("array");
  const one = multiple ? resolve(itemSchema(schema, 0), root) : schema;
  // Of several, each has the xtype, or all have.
  const of = xtype ?? numericXtype(one);
  const item = of === undefined || !isJsonObject(one) ? one : resolve(numberSchema(one), root);
  const meaning = isJsonObject(schema["x-ivoa"]) ? schema["x-ivoa"] : {};
  const limits = typeof item === "boolean" ? {} : item;
  return {
    name,
    description: textOf(schema.description) ?? textOf(schema.title) ?? "",
    type: typeOf(item, root),
    multiple,
    arraysize: of?.arraysize,
    required: listed && schema.default === undefined,
    file: fileRule(schema) !== undefined,
    unit: textOf(meaning.unit),
    ucd: textOf(meaning.ucd),
    utype: textOf(meaning.utype),
    xtype: textOf(meaning.xtype) ?? xtypeName(one),
    minimum: bound(limits.minimum, limits.exclusiveMinimum, Math.max),
    maximum: bound(limits.maximum, limits.exclusiveMaximum, Math.min),
    options: "const" in limits ? formValues([limits.const ?? null]) : formValues(listOf(limits.enum)),
    default: schema.default === undefined ? undefined : formValues([schema.default]).join(" "),
  };
}

/** The one type that all values have. */
function typeOf(schema: Schema, root: JsonObject): InputParameter["type"] {
  const types = typesOf(schema, root);
  types.delete("null");
  if (types.size === 1 && types.has("integer")) return "integer";
  if (types.size === 1 && types.has("boolean")) return "boolean";
  const numeric = types.size > 0 && [...types].every((type) => type === "number" || type === "integer");
  return numeric ? "number" : "string";
}

/** Where a schema has both, the narrower one holds. */
function bound(
  inclusive: Json | undefined,
  exclusive: Json | undefined,
  narrower: (...values: number[]) => number,
): Bound | undefined {
  const values = [inclusive, exclusive].filter((value) => typeof value === "number");
  if (values.length === 0) return undefined;
  const value = narrower(...values);
  return { value, inclusive: value !== exclusive };
}

function formValues(values: readonly Json[]): string[] {
  return values.flatMap((value) => givenOf({ value })).flatMap((given) => ("value" in given ? [given.value] : []));
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

function textsOf(value: Json | undefined): readonly string[] {
  return listOf(value).map(String);
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}
