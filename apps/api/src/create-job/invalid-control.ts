import { cutValue, type InvalidParameter, type UwsError } from "@uws/core";
import type { ControlName } from "../control-parameters.ts";

/** What is wrong with a control parameter: an error that says so to a person, beginning with name and value. */
export function invalidControl(name: ControlName, value: string, { message }: UwsError): InvalidParameter {
  const [, rule] = /^[A-Z]+(?:=.*?)?: (.*)$/s.exec(message) ?? [];
  return { parameter: name, value: cutValue(value), rule: rule ?? message, message };
}
