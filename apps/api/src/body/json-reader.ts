import { limits, UwsError } from "@uws/core";
import { compileSchema, type JsonObject, ruleOf } from "@uws/description";
import { parseJson } from "./json.ts";
import { readText } from "./limited-body.ts";
import { mediaTypeOf } from "./read-fields.ts";

/** Errors that are told of one body. */
const told = 10;

/**
 * Makes a reader of JSON bodies that fit a schema, the one that the OpenAPI document shows.
 * @returns a function that throws UwsError "invalid", "too_large", "unsupported"
 */
export function jsonReader<Value>(schema: object): (request: Request) => Promise<Value> {
  const validate = compileSchema(schema as JsonObject);
  return async (request) => {
    if (mediaTypeOf(request.headers.get("content-type") ?? "") !== "application/json") {
      throw new UwsError("unsupported", "The body must be application/json: say so in Content-Type.");
    }
    const text = await readText(request, limits.messageBytes);
    // Once more, with numbers as JavaScript has them.
    parseJson(text);
    const value: unknown = JSON.parse(text);
    if (validate(value)) return value as Value;
    const problems = (validate.errors ?? [])
      .slice(0, told)
      .map((error) => `${error.instancePath.slice(1, 200) || "The body"} ${ruleOf(error)}`);
    throw new UwsError("invalid", problems.join("\n"));
  };
}
