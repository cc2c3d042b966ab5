import { limits, type Parameter, UwsError } from "@uws/core";
import { isXmlText } from "@uws/representation";
import { shorten } from "../exchange.ts";

/** What a request says under one name, in the order in which it says it; the same shape as a parameter of a job. */
export type Field = Parameter;

/**
 * Refuses what cannot be kept or shown: PostgreSQL's text holds neither NUL nor half a surrogate pair, a name stands in XML
 * as it is, and clients take the names `.` and `..` at the end of a URL for something else (RFC 3986, section 5.2.4).
 * @throws UwsError "invalid", or "too_large"
 */
export function checkFields(fields: readonly Field[], most: number = limits.parameters): void {
  if (fields.length > most) throw tooManyFields(most);
  for (const field of fields) {
    const { name } = field;
    if (name === "") throw new UwsError("invalid", "There is a parameter without a name.");
    if (name.length > limits.parameterNameLength) {
      throw new UwsError("invalid", `${shorten(name)}: a name must not be longer than ${limits.parameterNameLength}.`);
    }
    if (!isXmlText(name) || name === "." || name === "..")
      throw new UwsError("invalid", `${shorten(name)}: not a name.`);
    if ("value" in field && !isStorable(field.value)) {
      throw new UwsError("invalid", `${name}: must be text without NUL characters; upload binary values as files.`);
    }
  }
}

export function tooManyFields(most: number = limits.parameters): UwsError {
  return new UwsError("too_large", `There are too many parameters; at most ${most} are allowed.`);
}

function isStorable(text: string): boolean {
  return !text.includes("\0") && text.isWellFormed();
}
