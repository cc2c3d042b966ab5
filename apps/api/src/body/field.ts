import { limits, type Parameter, UwsError } from "@uws/core";
import { shorten } from "../exchange.ts";

/** What a request says under one name, in the order in which it says it; the same shape as a parameter of a job. */
export type Field = Parameter;

/**
 * Refuses what cannot be kept: PostgreSQL's text holds neither NUL nor half a surrogate pair.
 * @throws UwsError "invalid", or "too_large"
 */
export function checkFields(fields: readonly Field[]): void {
  if (fields.length > limits.parameters) throw tooManyFields();
  for (const field of fields) {
    const { name } = field;
    if (name === "") throw new UwsError("invalid", "There is a parameter without a name.");
    if (name.length > limits.parameterNameLength) {
      throw new UwsError("invalid", `${shorten(name)}: a name must not be longer than ${limits.parameterNameLength}.`);
    }
    if (!isStorable(name)) throw new UwsError("invalid", `${shorten(name)}: not a name.`);
    if ("value" in field && !isStorable(field.value)) {
      throw new UwsError("invalid", `${name}: must be text without NUL characters; upload binary values as files.`);
    }
  }
}

export function tooManyFields(): UwsError {
  return new UwsError("too_large", `There are too many parameters; at most ${limits.parameters} are allowed.`);
}

function isStorable(text: string): boolean {
  return !text.includes("\0") && text.isWellFormed();
}
