import { parse } from "yaml";
import { isJsonObject, type JsonObject } from "../canonical-json.ts";
import { cannotExpress, type Imported, type ImportNames, imported, typeName } from "./imported.ts";
import { parametersFrom, propertiesOf } from "./object-parameters.ts";
import { SchemaSource } from "./own-schema.ts";

/** YAML or JSON. @throws UwsError `invalid` when it is none, or no object */
export function readObject(text: string, source: string): JsonObject {
  let value: unknown;
  try {
    value = parse(text, { logLevel: "error" });
  } catch (cause) {
    cannotExpress(source, "file", `it is neither YAML nor JSON (${String(cause).split("\n")[0]})`);
  }
  return isJsonObject(value) ? value : cannotExpress(source, "file", "it is no object");
}

/**
 * Makes a description of a JSON Schema of an object: each property becomes a parameter.
 * @param pointer of the schema in the file; undefined = the whole file is one
 */
export function importJsonSchema(
  text: string,
  source: string,
  { pointer, ...names }: ImportNames & { readonly pointer?: string | undefined } = {},
): Imported {
  const leftOut: string[] = [];
  const root = readObject(text, source);
  const from = new SchemaSource(root, source, leftOut);
  const schema = from.resolve(pointer === undefined ? root : from.at(pointer));
  const title = typeof schema.title === "string" ? schema.title : undefined;
  const last = pointer?.split("/").at(-1);
  const name = names.name ?? typeName(last ?? title ?? "");
  if (name === "") cannotExpress(source, "name", "it has no title: give the job type a name (--name)");
  const properties = propertiesOf(from, schema, pointer ?? "#");
  const document = {
    name,
    version: names.version ?? "1",
    title: title ?? last ?? name,
    description: typeof schema.description === "string" ? schema.description : undefined,
    parameters: parametersFrom(from, properties),
  };
  return imported(document, leftOut, source);
}
