import type { ServiceDescription, ServiceDescriptions } from "@uws/client";
import { usageError } from "./command-error.ts";

/** Of which type a job is to be, and what else was typed. */
export interface Chosen {
  /** Undefined: another server, which describes nothing. */
  readonly description: ServiceDescription | undefined;
  /** The parameter that names the type, where there are several. */
  readonly naming: Readonly<Record<string, string>>;
  /** What is left of the words. */
  readonly words: readonly string[];
}

/**
 * Finds the job type that is meant: by `--type`, or by the parameter that the service has for it. Where the service has one type, `--type`
 * may name it; where that type has a parameter TYPE, or nothing is described, `--type` is a parameter like all others.
 * @param types what `--type` was given
 * @throws CommandError when there are several types and it cannot be told which is meant
 */
export function chooseType(
  described: ServiceDescriptions | undefined,
  given: readonly string[],
  types: readonly string[],
): Chosen {
  const asParameters = types.flatMap((type) => ["--type", type]);
  const [only, ...others] = described?.types ?? [];
  if (described === undefined || only === undefined) {
    return { description: undefined, naming: {}, words: [...given, ...asParameters] };
  }
  if (others.length === 0) {
    if (hasType(only)) return { description: only, naming: {}, words: [...given, ...asParameters] };
    for (const type of types) findType(described, type);
    return { description: only, naming: {}, words: given };
  }
  const parameter = described.typeParameter ?? "JOBTYPE";
  const { words, values } = takeNamed(given, parameter);
  const named = values.length > 0 ? findOne(described, values) : undefined;
  if (named !== undefined && hasType(named)) {
    return { description: named, naming: { [parameter]: named.name }, words: [...words, ...asParameters] };
  }
  const description = findOne(described, [...values, ...types]);
  return { description, naming: { [parameter]: description.name }, words };
}

/** @throws CommandError that lists the types */
export function findType(described: ServiceDescriptions, name: string): ServiceDescription {
  const found = described.types.find((type) => type.name === name.toLowerCase());
  if (found !== undefined) return found;
  throw usageError(`There is no job type ${name} here, but ${namesOf(described)}.`);
}

function findOne(described: ServiceDescriptions, names: readonly string[]): ServiceDescription {
  const [found, ...others] = new Set(names.map((name) => findType(described, name)));
  if (found === undefined) throw usageError(`Say which job type: --type ${namesOf(described)}.`);
  if (others.length > 0) throw usageError(`A job is of one type, and not of ${names.join(" and ")}.`);
  return found;
}

function hasType({ parameters }: ServiceDescription): boolean {
  return parameters.some(({ name }) => name.toLowerCase() === "type");
}

export function namesOf({ types }: ServiceDescriptions): string {
  return types.map(({ name }) => name).join(", ");
}

/** Takes `--name value`, `--name=value` and `NAME=value` of one name out of the words. */
function takeNamed(given: readonly string[], parameter: string) {
  const name = parameter.toLowerCase();
  const words: string[] = [];
  const values: string[] = [];
  const rest = given.values();
  for (const word of rest) {
    const lower = word.toLowerCase();
    if (lower === `--${name}`) values.push(rest.next().value ?? "");
    else if (lower.startsWith(`--${name}=`)) values.push(word.slice(name.length + 3));
    else if (lower.startsWith(`${name}=`)) values.push(word.slice(name.length + 1));
    else words.push(word);
  }
  return { words, values };
}
