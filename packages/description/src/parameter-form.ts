import { isJsonObject, type Json } from "./canonical-json.ts";
import { itemSchema, resolve, type Schema, typesOf } from "./coerce.ts";
import { givenOf } from "./given-parameter.ts";
import type { JobDescription } from "./job-description.ts";
import { fileRule, parameterSchema, schemaFor } from "./parameter-schema.ts";

/** How a declared parameter may come, for a program that takes texts. */
export interface ParameterForm {
  /** As the description writes its name. */
  readonly name: string;
  /** A job has it in any case: it is required, or has a default. */
  readonly always: boolean;
  /** It may have several values. */
  readonly several: boolean;
  /** It is true or false and nothing else. */
  readonly truth: boolean;
  /** It may be an uploaded file. */
  readonly file: boolean;
  /** Its default, as a client would write it. */
  readonly defaults: readonly string[];
  /**
   * Its values from what a client wrote: an array's items, numbers as they were written (64-bit identifiers keep their digits),
   * and `true` or `false` for 1 and 0.
   */
  values(texts: readonly string[]): readonly string[];
}

/**
 * How the parameter of a name comes.
 * @param name in any case
 * @returns undefined where the description declares none of this name
 */
export function parameterForm(description: JobDescription, name: string): ParameterForm | undefined {
  const whole = parameterSchema(description);
  const declared = whole.names.get(name.toLowerCase());
  const schema = declared === undefined ? undefined : schemaFor(whole, declared);
  if (declared === undefined || schema === undefined) return undefined;
  const { root } = whole;
  const types = typesOf(schema, root);
  const several = types.has("array") || types.size === 0;
  const truth = types.size === 1 && types.has("boolean");
  const otherwise = isJsonObject(schema) ? schema.default : undefined;
  const { required } = root;
  return {
    name: declared,
    always: otherwise !== undefined || (Array.isArray(required) && (required as Json[]).includes(declared)),
    several: several && fileRule(schema) === undefined,
    truth,
    file: fileRule(schema) !== undefined,
    defaults: otherwise === undefined ? [] : givenOf({ [declared]: otherwise }).map(textOf),
    values(texts) {
      const [text, ...more] = texts;
      if (text === undefined || more.length > 0) return texts;
      if (truth) return [text === "1" ? "true" : text === "0" ? "false" : text];
      return types.has("array") && !types.has("string") ? items(text, schema, root) : texts;
    },
  };
}

function textOf(given: ReturnType<typeof givenOf>[number]): string {
  return "value" in given ? given.value : "";
}

/** One text that stands for an array: JSON, or numbers between blanks (DALI 1.1, section 3.3.5). */
function items(text: string, schema: Schema, root: Parameters<typeof resolve>[1]): readonly string[] {
  const array = jsonArray(text);
  if (array !== undefined) {
    // Written out again, 64-bit identifiers would lose digits: a flat array of numbers is cut as it stands.
    if (array.length > 0 && array.every((item) => typeof item === "number")) {
      return text
        .trim()
        .slice(1, -1)
        .split(",")
        .map((item) => item.trim());
    }
    return array.map((item) => (typeof item === "string" ? item : JSON.stringify(item)));
  }
  const types = typesOf(resolve(itemSchema(schema, 0), root), root);
  const numeric = types.size > 0 && [...types].every((type) => type === "number" || type === "integer");
  return numeric ? text.split(/[ \t\r\n]+/) : [text];
}

function jsonArray(text: string): readonly Json[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
