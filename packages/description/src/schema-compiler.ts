import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { isJsonObject, type Json, type JsonObject } from "./canonical-json.ts";

/**
 * Compiles a JSON Schema 2020-12. Strict: a misspelt keyword is an error, not a rule that silently never holds. Keywords
 * that begin with x- are annotations.
 * @throws Error when the schema is not one
 */
export function compileSchema(schema: JsonObject): ValidateFunction {
  const ajv = new Ajv2020({
    allErrors: true,
    verbose: true,
    strict: true,
    // Three habits of good authors that "strict" also means.
    strictTypes: false,
    strictTuples: false,
    strictRequired: false,
    // An interval may have an open end (DALI 1.1, section 3.3.5); nothing else that is read is infinite.
    strictNumbers: false,
  });
  addFormats.default(ajv);
  ajv.addVocabulary([...annotations(schema)]);
  return ajv.compile(schema);
}

function annotations(value: Json, found = new Set<string>()): Set<string> {
  if (Array.isArray(value)) for (const item of value) annotations(item, found);
  if (isJsonObject(value)) {
    for (const [name, member] of Object.entries(value)) {
      if (name.startsWith("x-")) found.add(name);
      annotations(member, found);
    }
  }
  return found;
}

/** What an error says that its message leaves out: the values that are allowed. */
export function ruleOf({ keyword, message, params }: ErrorObject): string {
  const allowed: unknown = params.allowedValues ?? (keyword === "const" ? [params.allowedValue] : undefined);
  if (Array.isArray(allowed)) return `must be ${orList(allowed.map((value) => JSON.stringify(value)))}`;
  if (keyword === "additionalProperties")
    return `must not have the member ${JSON.stringify(params.additionalProperty)}`;
  return message ?? `must pass "${keyword}"`;
}

function orList(values: readonly string[]): string {
  return values.length > 1 ? `one of ${values.join(", ")}` : (values[0] ?? "absent");
}
