import { isJsonObject, type Json, type JsonObject } from "../canonical-json.ts";
import { cannotExpress } from "./imported.ts";
import type { SchemaSource } from "./own-schema.ts";

/** The properties of an object, which become parameters. */
export interface Properties {
  readonly properties: Record<string, Json>;
  readonly required: string[];
  /** Rules about the object beside its properties. */
  readonly rules: JsonObject;
}

/**
 * The properties of a schema of an object; those of its `allOf` parts count as its own. What the server alone writes (`readOnly`)
 * is no parameter.
 */
export function propertiesOf(from: SchemaSource, schema: Json | undefined, place: string): Properties {
  const { properties, required, allOf, type: written, ...others } = from.resolve(schema);
  const type = written ?? (properties === undefined && allOf === undefined ? undefined : "object");
  if (type !== "object") {
    cannotExpress(
      from.source,
      place,
      `parameters are the properties of an object, and this is ${JSON.stringify(type ?? "any")}`,
    );
  }
  const parts = (Array.isArray(allOf) ? (allOf as readonly Json[]) : []).map((part, index) =>
    propertiesOf(from, part, `${place}.allOf.${index}`),
  );
  const own: Record<string, Json> = Object.create(null);
  for (const part of parts) Object.assign(own, part.properties);
  for (const [name, property] of Object.entries(isJsonObject(properties) ? properties : {})) {
    if (from.resolve(property).readOnly === true)
      from.leftOut.push(`${place}.${name}: the server writes it (readOnly).`);
    else own[name] = from.own(property, `${place}.${name}`);
  }
  const names = [...parts.flatMap((part) => part.required), ...(Array.isArray(required) ? required.map(String) : [])];
  const { title: _title, description: _description, example: _example, examples: _examples, ...rules } = others;
  const made = from.own(rules, place);
  return {
    properties: own,
    required: [...new Set(names)].filter((name) => name in own),
    rules: Object.assign({}, ...parts.map((part) => part.rules), typeof made === "boolean" ? {} : made),
  };
}

/** The parameters of a description. */
export function parametersFrom(from: SchemaSource, { properties, required, rules }: Properties): JsonObject {
  const defs = from.defs();
  return {
    type: "object",
    ...(required.length > 0 ? { required } : {}),
    ...rules,
    properties,
    ...(defs === undefined ? {} : { $defs: defs }),
  };
}
