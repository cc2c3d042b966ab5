import { isJsonObject, type Json } from "../canonical-json.ts";
import { itemSchema, resolve } from "../coerce.ts";
import type { JobDescription } from "../job-description.ts";
import { parameterSchema, schemaFor } from "../parameter-schema.ts";
import { numericXtype } from "./xtype-of.ts";

/** What a JSON array is of a parameter: one value (the numbers of an interval), or several values that are arrays each. */
export type ArrayForm = "value" | "values";

/** @returns undefined where an array is a repeated parameter, as it is of everything without such an xtype */
export function arrayForm(description: JobDescription, name: string): ArrayForm | undefined {
  const { root, ...schema } = parameterSchema(description);
  const property = schemaFor({ root, ...schema }, name);
  if (!isJsonObject(property)) return undefined;
  if (numericXtype(property) !== undefined) return "value";
  return numericXtype(resolve(itemSchema(property, 0), root)) === undefined ? undefined : "values";
}

/** An array as a form has it, where DALI writes it as one text: `[0.5, "+Inf"]` is `0.5 +Inf`. */
export function formValue(value: Json, form: ArrayForm | undefined): Json {
  if (form === undefined || !Array.isArray(value)) return value;
  const items = value as readonly Json[];
  if (form === "value") return joined(items);
  return items.map((item) => (Array.isArray(item) ? joined(item as readonly Json[]) : item));
}

function joined(items: readonly Json[]): string {
  return items.map((item) => (typeof item === "string" ? item : JSON.stringify(item))).join(" ");
}
