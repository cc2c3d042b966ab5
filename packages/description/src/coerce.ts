import { isJsonObject, type Json, type JsonObject } from "./canonical-json.ts";
import { readInteger, readNumber } from "./read-number.ts";
import { coerceNumbers, textRule } from "./xtype/coerce-xtype.ts";
import { numericXtype } from "./xtype/xtype-of.ts";

/** A schema is an object, or true (anything) or false (nothing). */
export type Schema = JsonObject | boolean;

export type Coerced = { readonly value: Json } | { readonly rule: string };

/**
 * The value that a form's text stands for, by the type that the schema wants. Numbers and booleans are written as XML
 * Schema and DALI 1.1, section 3.3 write them, and finite. White space around them is refused: workers in any language get the
 * text as it was sent, and not every language's parser forgives it.
 * @param texts one, or more where the name was repeated
 * @param root where local references ($ref: "#/…") point
 */
export function coerce(texts: readonly string[], schema: Schema, root: JsonObject): Coerced {
  const resolved = resolve(schema, root);
  const types = typesOf(resolved, root);
  const xtype = numericXtype(resolved);
  if (xtype !== undefined) {
    const integer = typesOf(resolve(itemSchema(resolved, 0), root), root).has("integer");
    return coerceNumbers(texts, resolved, xtype, { integer, asText: types.has("string") && !types.has("array") });
  }
  const [text, ...more] = texts;
  if (types.has("array") && (more.length > 0 || !types.has("string"))) return coerceItems(texts, resolved, root);
  if (more.length > 0 && types.size === 0) return { value: texts };
  if (more.length > 0) return { rule: `is given ${texts.length} times, must be given once` };
  return withForm(coerceOne(text ?? "", types), resolved);
}

/** A text whose form DALI tells must have it. */
function withForm(coerced: Coerced, schema: Schema): Coerced {
  const rule = "value" in coerced ? textRule(schema, coerced.value) : undefined;
  return rule === undefined ? coerced : { rule };
}

/** From the narrowest type to the widest, so that of number or string "1" is a number and "a" is not an error. */
const readers: readonly (readonly [type: string, rule: string, read: (text: string) => Json | undefined])[] = [
  ["integer", "must be an integer", readInteger],
  ["number", "must be a finite number", readNumber],
  ["boolean", "must be true or false", readBoolean],
  ["null", "must be empty", (text) => (text === "" ? null : undefined)],
  ["array", "must be a JSON array", (text) => readJson(text, Array.isArray)],
  ["object", "must be a JSON object", (text) => readJson(text, isJsonObject)],
];

function coerceOne(text: string, types: ReadonlySet<string>): Coerced {
  const rules: string[] = [];
  for (const [type, rule, read] of readers) {
    if (!types.has(type)) continue;
    const value = read(text);
    if (value !== undefined) return { value };
    rules.push(rule);
  }
  return types.has("string") || rules.length === 0 ? { value: text } : { rule: rules.join(" or ") };
}

/** A repeated name, a DALI array ("10.5 20 0.1"; DALI 1.1, section 3.3.5), or one JSON array. */
function coerceItems(texts: readonly string[], schema: Schema, root: JsonObject): Coerced {
  const [text = "", ...more] = texts;
  const first = resolve(itemSchema(schema, 0), root);
  const ofArrays = numericXtype(first) !== undefined;
  const array = more.length === 0 ? readJson(text, Array.isArray) : undefined;
  if (array !== undefined && !(ofArrays && isFlat(array))) {
    if (!ofArrays) return { value: array };
    return coerceEach(
      (array as readonly Json[]).map((item) => JSON.stringify(item)),
      schema,
      root,
    );
  }
  if (ofArrays) return coerceEach(texts, schema, root);
  const itemTypes = typesOf(first, root);
  const numeric = itemTypes.size > 0 && [...itemTypes].every((type) => type === "number" || type === "integer");
  return coerceEach(more.length === 0 && numeric ? text.split(/[ \t\r\n]+/) : texts, schema, root);
}

/** A JSON array that is one value, not several. */
function isFlat(array: Json): boolean {
  return Array.isArray(array) && !(array as readonly Json[]).some((item) => Array.isArray(item));
}

function coerceEach(items: readonly string[], schema: Schema, root: JsonObject): Coerced {
  const values: Json[] = [];
  for (const [index, item] of items.entries()) {
    const own = resolve(itemSchema(schema, index), root);
    const coerced =
      numericXtype(own) === undefined ? withForm(coerceOne(item, typesOf(own, root)), own) : coerce([item], own, root);
    if ("rule" in coerced) return { rule: `${items.length > 1 ? `item ${index + 1} ` : ""}${coerced.rule}` };
    values.push(coerced.value);
  }
  return { value: values };
}

/** The schema of one item of an array. */
export function itemSchema(schema: Schema, index: number): Schema {
  if (typeof schema === "boolean") return true;
  const prefix = schema.prefixItems;
  const item = (Array.isArray(prefix) ? (prefix as readonly Json[])[index] : undefined) ?? schema.items;
  return isJsonObject(item) ? item : true;
}

const everyType = ["integer", "number", "boolean", "null", "array", "object", "string"];

/** The types that a value may have; none where the schema does not say: text is what a form holds. */
export function typesOf(schema: Schema, root: JsonObject, depth = 0): Set<string> {
  if (typeof schema === "boolean" || depth > 10) return new Set();
  const written = schema.type;
  if (typeof written === "string") return new Set([written]);
  if (Array.isArray(written)) return new Set((written as readonly Json[]).map(String));
  const listed = "const" in schema ? [schema.const ?? null] : schema.enum;
  if (Array.isArray(listed)) return new Set((listed as readonly Json[]).map(typeOf));
  const choices = ["anyOf", "oneOf", "allOf"].flatMap((keyword) => {
    const choice = schema[keyword];
    return Array.isArray(choice) ? (choice as readonly Json[]) : [];
  });
  const types = choices
    .filter((choice) => isJsonObject(choice))
    .filter((choice) =>
      ["type", "const", "enum", "$ref", "anyOf", "oneOf", "allOf"].some((keyword) => keyword in choice),
    )
    .flatMap((choice) => [...typesOf(resolve(choice, root), root, depth + 1)]);
  return new Set(types);
}

function typeOf(value: Json): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return everyType.includes(typeof value) ? typeof value : "string";
}

/** Follows local references; others do not compile. */
export function resolve(schema: Schema, root: JsonObject): Schema {
  let at = schema;
  for (let depth = 0; depth < 10 && typeof at === "object"; depth++) {
    const reference = at.$ref;
    if (typeof reference !== "string" || !reference.startsWith("#/")) break;
    const target = reference
      .slice(2)
      .split("/")
      .map((name) => decodeURIComponent(name).replaceAll("~1", "/").replaceAll("~0", "~"))
      .reduce<Json | undefined>((value, name) => (isJsonObject(value) ? value[name] : undefined), root);
    const { $ref: _, ...siblings } = at;
    at = isJsonObject(target) ? { ...target, ...siblings } : true;
  }
  return at;
}

/** xs:boolean. */
function readBoolean(text: string): boolean | undefined {
  if (text === "true" || text === "1") return true;
  return text === "false" || text === "0" ? false : undefined;
}

function readJson(text: string, is: (value: unknown) => boolean): Json | undefined {
  try {
    const value: Json = JSON.parse(text);
    return is(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
