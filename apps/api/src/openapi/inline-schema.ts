import { isJsonObject, type Json, type JsonObject } from "@uws/description";

/**
 * A schema without `$schema`, and with local references replaced by what they refer to: in a document of ours they would point
 * elsewhere.
 */
export function inlineSchema(schema: JsonObject): JsonObject {
  const { $schema: _schema, $defs: _defs, $id: _id, ...rest } = inline(schema, schema, 0) as JsonObject;
  return rest;
}

/** The properties of an object's schema. */
export function propertiesOf({ properties }: JsonObject): JsonObject {
  return isJsonObject(properties) ? properties : {};
}

function inline(value: Json, root: JsonObject, depth: number): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => inline(item, root, depth));
  if (!isJsonObject(value)) return value;
  const reference = value.$ref;
  if (typeof reference === "string") {
    // A schema that contains itself is cut off: what is deeper is still checked, only not shown.
    const target = depth < 5 ? pointed(root, reference) : undefined;
    return target === undefined ? {} : inline(target, root, depth + 1);
  }
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, inline(member, root, depth)]));
}

function pointed(root: JsonObject, reference: string): Json | undefined {
  if (!reference.startsWith("#/")) return undefined;
  return reference
    .slice(2)
    .split("/")
    .map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce<Json | undefined>((at, name) => (isJsonObject(at) ? at[name] : undefined), root);
}
