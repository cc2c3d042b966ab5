import type { ParameterDescription, ServiceDescription } from "@uws/client";
import { usageError } from "./command-error.ts";

/** A value as it was typed: `text`, `@file`, or `@@text` for a text that begins with an @. */
export interface GivenParameter {
  /** As the description writes it, where there is one. */
  readonly name: string;
  readonly value: string;
  readonly declared: ParameterDescription | undefined;
}

/**
 * Reads `--name value`, `--name=value` and `NAME=value`. Names are matched without regard to case (UWS 1.1, section 3).
 * @param description undefined: another server, which is sent everything as it is
 * @throws CommandError when it is none of these, or the service has no such parameter
 */
export function readParameters(
  words: readonly string[],
  description: ServiceDescription | undefined,
): readonly GivenParameter[] {
  const given: GivenParameter[] = [];
  const rest = words.values();
  for (const word of rest) {
    const flag = word.startsWith("--");
    const [, name = word, inWord] = /^([^=]*)=(.*)$/s.exec(flag ? word.slice(2) : word) ?? [];
    const bare = flag ? word.slice(2) : undefined;
    if (name === "" || (inWord === undefined && bare === undefined)) {
      throw usageError(`${JSON.stringify(word)} is no parameter: write NAME=value, or --name value.`);
    }
    const parameter = { ...parameterNamed(inWord === undefined ? (bare ?? word) : name, description) };
    const value = inWord ?? (isSwitch(parameter.declared) ? "true" : rest.next().value);
    if (value === undefined) throw usageError(`${word} needs a value.`);
    given.push({ ...parameter, value });
  }
  return given;
}

/** `--flag` alone means true; to say false, or for one that may be repeated, the value is written: `--flag=false`. */
function isSwitch(parameter: ParameterDescription | undefined): boolean {
  return parameter?.type === "boolean" && !parameter.multiple;
}

/**
 * A parameter as the description writes it.
 * @throws CommandError when the service has no such parameter
 */
export function parameterNamed(
  name: string,
  description: ServiceDescription | undefined,
): Omit<GivenParameter, "value"> {
  const wanted = name.toLowerCase();
  const known = description?.parameters.find((parameter) => parameter.name.toLowerCase() === wanted);
  if (known !== undefined) return { name: known.name, declared: known };
  if (description === undefined || description.open || control.includes(wanted)) return { name, declared: undefined };
  const names = description.parameters.map((parameter) => `--${parameter.name.toLowerCase()}`).join(", ");
  throw usageError(`${description.name} has no parameter ${name}. It has: ${names || "none"}.`);
}

/** What the standard itself, DALI and bun-uws take beside the parameters of a service. */
const control: readonly string[] = ["phase", "runid", "executionduration", "destruction", "upload", "priority"];

/**
 * Takes our own `--duration` out of the words, where the service has no parameter of that name: a flag from the
 * description comes first, and `--execution-duration` is always ours.
 */
export function takeDuration(words: readonly string[], description: ServiceDescription | undefined) {
  const isParameter = description?.parameters.some(({ name }) => name.toLowerCase() === "duration") === true;
  const at = words.findIndex((word) => /^--duration(=|$)/.test(word));
  const word = words[at];
  if (isParameter || word === undefined) return { words, duration: undefined };
  const separate = word === "--duration";
  const duration = separate ? words[at + 1] : word.slice("--duration=".length);
  if (duration === undefined) throw usageError("--duration needs a value.");
  return { words: words.toSpliced(at, separate ? 2 : 1), duration };
}

/**
 * Before anything is sent for nothing.
 * @throws CommandError when a parameter is missing without which no job runs
 */
export function expectRequired(
  given: readonly { readonly name: string }[],
  description: ServiceDescription | undefined,
): void {
  const missing = description?.parameters.filter(
    ({ name, required }) => required && !given.some((parameter) => parameter.name === name),
  );
  const [first] = missing ?? [];
  if (first === undefined) return;
  const value = first.file ? "@file" : "value";
  throw usageError(
    `${description?.name} needs --${first.name.toLowerCase()} ${value}: ${first.description ?? ""}`.trim(),
  );
}
