import { isJsonObject } from "./canonical-json.ts";
import type { JobDescription } from "./job-description.ts";
import { parameterSchema, schemaFor } from "./parameter-schema.ts";

/**
 * What the beginning of a file must look like (`x-file.head` of a parameter): enough to refuse at once what no worker
 * could read. The worker remains the judge of the rest.
 */
export interface HeadRule {
  readonly pattern: RegExp;
  /** What is wrong when it does not fit, and what would be right. */
  readonly message: string;
  /** Parameters which, when given, change what is right, so that the rule does not hold. */
  readonly unless: readonly string[];
}

/** Bytes of a file, or characters of a text, that are looked at. */
export const headLength = 64 * 1024;

/** The rule about the beginning of a parameter's content, if its description has one. */
export function headRule(description: JobDescription, name: string): HeadRule | undefined {
  const schema = schemaFor(parameterSchema(description), name);
  const file = isJsonObject(schema) ? schema["x-file"] : undefined;
  const head = isJsonObject(file) ? file.head : undefined;
  if (!isJsonObject(head)) return undefined;
  return {
    pattern: new RegExp(String(head.pattern), "iu"),
    message: String(head.message),
    unless: Array.isArray(head.unless) ? head.unless.map(String) : [],
  };
}
