import { type JsonObject, numberIn, objectsIn, textIn } from "./read-json.ts";

/** What a bun-uws server says is wrong with one parameter of a request. */
export interface InvalidParameter {
  /** As it was sent; of a missing one, as the description has it. Empty for a rule about several. */
  readonly parameter: string;
  /** Cut; undefined where none was sent, or a file. */
  readonly value: string | undefined;
  /** What it breaks, and so what is allowed. */
  readonly rule: string;
  readonly message: string;
  /** Of a batch, which of the jobs, from 0. */
  readonly job: number | undefined;
}

/** The `errors` of a problem (docs/json-api.md, "Errors"). */
export function invalidParametersOf(problem: JsonObject): InvalidParameter[] {
  return objectsIn(problem, "errors").map((error) => ({
    parameter: textIn(error, "parameter") ?? "",
    value: textIn(error, "value"),
    rule: textIn(error, "rule") ?? "",
    message: textIn(error, "message") ?? "",
    job: numberIn(error, "job"),
  }));
}
