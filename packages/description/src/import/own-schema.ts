import { isJsonObject, type Json, type JsonObject } from "../canonical-json.ts";
import { cannotExpress } from "./imported.ts";

/** A document with schemas in it, on its way to being ours. */
export class SchemaSource {
  readonly root: JsonObject;
  readonly source: string;
  readonly leftOut: string[];
  /** Schemas that are referred to, by the pointer. */
  readonly #defs = new Map<string, { readonly name: string; schema: Json }>();

  constructor(root: JsonObject, source: string, leftOut: string[]) {
    this.root = root;
    this.source = source;
    this.leftOut = leftOut;
  }

  /** What stands behind a local reference (`#/components/schemas/X`, `#/$defs/X`). */
  at(pointer: string): Json {
    if (!pointer.startsWith("#")) cannotExpress(this.source, "$ref", `${pointer} is in another document`);
    const names = decodeURIComponent(pointer).slice(1).split("/").slice(1);
    let value: Json | undefined = this.root;
    for (const name of names) {
      const key = name.replaceAll("~1", "/").replaceAll("~0", "~");
      const list: Json | undefined = Array.isArray(value) ? (value as readonly Json[])[Number(key)] : undefined;
      value = isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : list;
    }
    return value ?? cannotExpress(this.source, "$ref", `there is nothing at ${pointer}`);
  }

  /** Follows references to the object itself, 20 at most: one that leads to itself leads nowhere. */
  resolve(value: Json | undefined): JsonObject {
    let here = value;
    for (let steps = 0; steps < 20; steps += 1) {
      if (!isJsonObject(here)) return {};
      if (typeof here.$ref !== "string") return here;
      here = this.at(here.$ref);
    }
    return cannotExpress(this.source, "$ref", "it leads to itself");
  }

  /** Schemas that `own` has met behind references, for the $defs of what refers to them. */
  defs(): JsonObject | undefined {
    if (this.#defs.size === 0) return undefined;
    return Object.fromEntries([...this.#defs.values()].map(({ name, schema }) => [name, schema]));
  }

  /**
   * A schema as JSON Schema 2020-12 has it, whichever older one or OpenAPI it is of: exclusive bounds are numbers, tuples are
   * prefixItems, nullable is a type. References lead to the $defs.
   * @param place for a person
   */
  own(schema: Json | undefined, place: string): JsonObject | boolean {
    if (!isJsonObject(schema)) return schema !== false;
    const made: Record<string, Json> = {};
    for (const [name, value] of Object.entries(schema)) this.#keyword(made, name, value, place);
    if (schema.exclusiveMinimum === true && "minimum" in made) rename(made, "minimum", "exclusiveMinimum");
    if (schema.exclusiveMaximum === true && "maximum" in made) rename(made, "maximum", "exclusiveMaximum");
    if (schema.nullable === true && made.type !== undefined) made.type = [...[made.type].flat(), "null"] as Json;
    if (schema.format === "binary" || schema.format === "byte" || schema.contentEncoding !== undefined) {
      delete made.format;
      delete made.contentEncoding;
      delete made.contentMediaType;
      made.type = "string";
      const { contentMediaType: type } = schema;
      made["x-file"] = typeof type === "string" ? { mediaTypes: [type] } : {};
    }
    return made;
  }

  #keyword(made: Record<string, Json>, name: string, value: Json, place: string): void {
    const at = `${place}.${name}`;
    if (name === "$ref") made.$ref = this.#reference(String(value));
    else if (silent.includes(name)) return;
    else if (name === "example") made.examples = [value];
    else if (name === "exclusiveMinimum" || name === "exclusiveMaximum") {
      if (typeof value === "number") made[name] = value;
    } else if (name === "items" && Array.isArray(value)) made.prefixItems = this.#list(value, at);
    else if (lists.includes(name) && Array.isArray(value)) made[name] = this.#list(value, at);
    else if (maps.includes(name) && isJsonObject(value)) made[name] = this.#map(value, at);
    else if (name === "dependencies" && isJsonObject(value)) this.#dependencies(made, value, at);
    else if (single.includes(name)) made[name] = this.own(value, at);
    else if (name === "format" && !formats.includes(String(value))) this.leftOut.push(`${at}: ${String(value)}`);
    else if (plain.includes(name)) made[name] = value;
    else if (name !== "$defs" && name !== "definitions") this.leftOut.push(at);
  }

  /** Every schema that is referred to stands in the $defs once, whatever refers to it, itself included. */
  #reference(pointer: string): string {
    let known = this.#defs.get(pointer);
    if (known === undefined) {
      const wanted =
        pointer
          .split("/")
          .at(-1)
          ?.replaceAll(/[^A-Za-z0-9_.-]/g, "_") || "root";
      const taken = new Set([...this.#defs.values()].map(({ name }) => name));
      let name = wanted;
      for (let number = 2; taken.has(name); number += 1) name = `${wanted}-${number}`;
      known = { name, schema: true };
      this.#defs.set(pointer, known);
      known.schema = this.own(this.at(pointer), name);
    }
    return `#/$defs/${known.name}`;
  }

  #list(values: readonly Json[], place: string): Json[] {
    return values.map((value, index) => this.own(value, `${place}.${index}`));
  }

  #map(values: JsonObject, place: string): JsonObject {
    return Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, this.own(value, `${place}.${name}`)]),
    );
  }

  /** Before 2019-09 one keyword was for names and for schemas. */
  #dependencies(made: Record<string, Json>, value: JsonObject, place: string): void {
    const entries = Object.entries(value);
    const names = entries.filter(([, each]) => Array.isArray(each));
    const schemas = entries.filter(([, each]) => !Array.isArray(each));
    if (names.length > 0) made.dependentRequired = Object.fromEntries(names);
    if (schemas.length > 0) made.dependentSchemas = this.#map(Object.fromEntries(schemas), place);
  }
}

function rename(object: Record<string, Json>, from: string, to: string): void {
  const value = object[from];
  delete object[from];
  if (value !== undefined) object[to] = value;
}

/** Of a place in a document, of XML, or of drafts: they say nothing of values. */
const silent = ["$schema", "$id", "id", "$anchor", "$comment", "xml", "externalDocs", "nullable", "discriminator"];
const lists = ["allOf", "anyOf", "oneOf", "prefixItems"];
const maps = ["properties", "patternProperties", "dependentSchemas"];
const single = [
  ...["items", "additionalProperties", "additionalItems", "propertyNames", "contains", "not", "if", "then", "else"],
  ...["unevaluatedProperties", "unevaluatedItems"],
];
const plain = [
  ...["type", "enum", "const", "default", "title", "description", "examples", "deprecated", "readOnly", "writeOnly"],
  ...["multipleOf", "maximum", "minimum", "maxLength", "minLength", "pattern", "format", "required"],
  ...["maxItems", "minItems", "uniqueItems", "maxContains", "minContains", "maxProperties", "minProperties"],
  ...["dependentRequired", "contentMediaType", "contentEncoding", "x-ivoa", "x-file"],
];
/** Those that are checked (ajv-formats). */
const formats = [
  ...[
    "date",
    "time",
    "date-time",
    "duration",
    "uri",
    "uri-reference",
    "uri-template",
    "email",
    "hostname",
    "ipv4",
    "ipv6",
  ],
  ...[
    "regex",
    "uuid",
    "json-pointer",
    "relative-json-pointer",
    "byte",
    "int32",
    "int64",
    "float",
    "double",
    "password",
  ],
  "binary",
];
