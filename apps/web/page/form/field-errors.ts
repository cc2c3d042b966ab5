import { UwsClientError } from "@uws/client";
import { textOf } from "../common/refusal-text.ts";
import { InvalidControl } from "./form-values.ts";

/** Why a form was refused. */
export interface FormErrors {
  /** By the name of the field, in lower case. */
  readonly fields: Readonly<Record<string, readonly string[]>>;
  /** What belongs to no field. */
  readonly others: readonly string[];
}

export const noErrors: FormErrors = { fields: {}, others: [] };

/**
 * Sorts a refusal to the fields that it is about.
 * @param names of the fields that there are
 */
export function formErrors(error: unknown, names: readonly string[]): FormErrors {
  if (error instanceof InvalidControl) {
    return { fields: { [error.parameter.toLowerCase()]: [error.message] }, others: [] };
  }
  const invalid = error instanceof UwsClientError ? error.parameters : [];
  if (invalid.length === 0) return { fields: {}, others: [textOf(error)] };
  const known = new Set(names.map((name) => name.toLowerCase()));
  const fields: Record<string, string[]> = {};
  const others: string[] = [];
  for (const { parameter, rule, message } of invalid) {
    const key = parameter.toLowerCase();
    if (known.has(key)) fields[key] = [...(fields[key] ?? []), rule || message];
    else others.push(message || rule);
  }
  return { fields, others };
}

/** What is wrong with a field. */
export function errorsOf({ fields }: FormErrors, name: string): readonly string[] {
  return fields[name.toLowerCase()] ?? [];
}

export function hasErrors({ fields, others }: FormErrors): boolean {
  return others.length > 0 || Object.keys(fields).length > 0;
}
