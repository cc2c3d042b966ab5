import fc from "fast-check";
import { anyText } from "./texts.ts";

/** The parts of JSON Schema 2020-12 that our OpenAPI document uses for what clients send. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly examples?: readonly unknown[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
}

/** Values that fit a schema. Of a text with examples it makes those: what a pattern or format does not say, they show. */
export function valid(given: object): fc.Arbitrary<unknown> {
  const schema = given as Schema;
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices !== undefined) return fc.oneof(...choices.map(valid));
  const types = typeof schema.type === "string" ? [schema.type] : (schema.type ?? ["string"]);
  return fc.oneof(...types.map((type) => ofType(type, schema)));
}

function ofType(type: string, schema: Schema): fc.Arbitrary<unknown> {
  switch (type) {
    case "null":
      return fc.constant(null);
    case "boolean":
      return fc.boolean();
    case "integer":
      return fc.integer({ min: schema.minimum ?? -1_000_000, max: schema.maximum ?? 2_147_483_647 });
    case "number":
      return fc.double({
        min: schema.exclusiveMinimum ?? schema.minimum ?? -1e6,
        max: schema.exclusiveMaximum ?? schema.maximum ?? 1e6,
        minExcluded: schema.exclusiveMinimum !== undefined,
        maxExcluded: schema.exclusiveMaximum !== undefined,
        noNaN: true,
      });
    case "array":
      return fc.array(valid(schema.items ?? {}), { minLength: schema.minItems ?? 0, maxLength: schema.maxItems ?? 4 });
    case "object":
      return objectOf(schema);
    default:
      return text(schema);
  }
}

function text({ examples, pattern, format, minLength = 0, maxLength }: Schema): fc.Arbitrary<unknown> {
  if (examples !== undefined) return fc.constantFrom(...examples);
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern, "u"));
  if (format === "uuid") return fc.uuid();
  if (format === "uri") return fc.webUrl();
  if (format === "date-time") return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
  return fc.string({ unit: "grapheme", minLength, maxLength: Math.min(maxLength ?? 40, 40) });
}

function objectOf({ properties = {}, required = [], additionalProperties = true }: Schema): fc.Arbitrary<unknown> {
  const declared = fc.record(
    Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, valid(schema)])),
    { requiredKeys: required.filter((name) => name in properties), noNullPrototype: true },
  );
  if (Object.keys(properties).length > 0 || additionalProperties === false) return declared;
  const values = typeof additionalProperties === "object" ? valid(additionalProperties) : fc.string();
  return fc.dictionary(fc.stringMatching(/^[A-Za-z]{1,8}$/), values, { maxKeys: 4, noNullPrototype: true });
}

/** Values that fit a schema, and many that just do not. */
export function nearlyValid(schema: object): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 4, arbitrary: valid(schema) },
    { weight: 2, arbitrary: anyText },
    { weight: 1, arbitrary: valid(schema).map((value) => `${JSON.stringify(value)} `) },
    { weight: 1, arbitrary: fc.constantFrom(null, true, -1, 1.5, 1e300, 2 ** 53, [], {}, [[]], "", "-1", "NaN") },
  );
}
