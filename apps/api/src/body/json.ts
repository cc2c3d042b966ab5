import { UwsError } from "@uws/core";
import { type ArrayForm, givenOf, type JsonObject } from "@uws/description";
import type { Field } from "./field.ts";
import { isNumber, parseKeepingNumbers } from "./json-source.ts";

/**
 * The fields of a JSON body: an object whose members are what the fields of a form are, control parameters (runId,
 * phase, executionDuration, destruction, in any case) among them. An array is a repeated field, null is one that is not given,
 * and an object stands for its JSON text, except under the name `parameters`: its members are fields as well. Numbers stay as
 * they were written.
 * @param formOf what an array is, where it is no repeated field: the numbers of an interval become the one text that DALI makes of them
 * @example {"phase": "RUN", "runId": "night 7", "parameters": {"RADIUS": 0.5}}
 * @example {"PHASE": "RUN", "RADIUS": 0.5}
 */
export function readJson(text: string, formOf?: FormOf): Field[] {
  const body = parseJson(text);
  if (!isObject(body)) throw new UwsError("invalid", "The body of the request must be a JSON object.");
  return membersOf(body, formOf);
}

type FormOf = (name: string) => ArrayForm | undefined;

/** The fields that the members of an object are. */
export function membersOf(object: JsonObject, formOf?: FormOf): Field[] {
  return Object.entries(object).flatMap(([name, value]) =>
    name === "parameters" && isObject(value) ? fieldsOf(value, formOf) : fieldsOf({ [name]: value }, formOf),
  );
}

function fieldsOf(object: JsonObject, formOf: FormOf | undefined): Field[] {
  return givenOf(object, formOf).flatMap((given) =>
    "value" in given ? [{ name: given.name, value: given.value }] : [],
  );
}

/** @throws UwsError "invalid" */
export function parseJson(text: string): unknown {
  try {
    return parseKeepingNumbers(text);
  } catch (cause) {
    if (cause instanceof RangeError) throw new UwsError("invalid", "The body of the request is nested too deeply.");
    throw new UwsError("invalid", `The body of the request is not JSON: ${(cause as Error).message}`, { cause });
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isNumber(value);
}
