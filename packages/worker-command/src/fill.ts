import { JobFailure } from "@uws/worker";
import type { Argument } from "./command.ts";
import { type OwnPlaceholder, onlyParameter, type Part, parametersOf, type Template } from "./template.ts";

/** What placeholders stand for in one job: texts of parameters (paths, for those in files), and what is the job's own. */
export interface Filling {
  readonly parameters: ReadonlyMap<string, readonly string[]>;
  readonly own: Readonly<Record<OwnPlaceholder, string>>;
  /** Parameters that are true or false and nothing else. */
  readonly truths: ReadonlySet<string>;
}

/** Bytes of one argument, with the NUL that ends it: Linux's MAX_ARG_STRLEN. */
const maxArgument = 128 * 1024;

/**
 * The arguments of one job.
 * @throws JobFailure when a value would become an option, or cannot be passed
 */
export function fillArguments(args: readonly Argument[], filling: Filling): string[] {
  const filled: string[] = [];
  // After an argument -- everything is an operand, by the convention of POSIX (Utility Syntax Guideline 10).
  let operandsOnly = false;
  for (const { text, template, allowDash } of flat(args, filling)) {
    if (text.startsWith("-") && !allowDash && !operandsOnly && beginsWithValue(template))
      throw refusedDash(text, template);
    filled.push(passable(text, "an argument"));
    if (text === "--" && parametersOf(template).length === 0) operandsOnly = true;
  }
  return filled;
}

/** A template without parameters. */
export function fillFixed(template: Template, filling: Filling): string {
  return joined(template, filling, new Map());
}

/**
 * A template in a place for one text.
 * @returns undefined when one of its parameters is not given
 * @throws JobFailure when one has several values
 */
export function fillSingle(template: Template, filling: Filling): string | undefined {
  const values = new Map<string, string>();
  for (const name of parametersOf(template)) {
    const [value, ...more] = filling.parameters.get(name) ?? [];
    if (value === undefined) return undefined;
    if (more.length > 0) throw new JobFailure(`${name} has ${more.length + 1} values, and there is room for one`);
    values.set(name, value);
  }
  return joined(template, filling, values);
}

/** @throws JobFailure for what no program can be given */
export function passable(text: string, place: string): string {
  if (text.includes("\0"))
    throw new JobFailure(`${place} would hold a NUL character, with which it ends for the program`);
  if (Buffer.byteLength(text) >= maxArgument) {
    throw new JobFailure(`${place} would be longer than the ${maxArgument - 1} bytes that a program can be given`);
  }
  return text;
}

interface FilledText {
  readonly text: string;
  readonly template: Template;
  readonly allowDash: boolean;
}

function flat(args: readonly Argument[], filling: Filling): FilledText[] {
  return args.flatMap((arg): FilledText[] => {
    if (arg.kind === "text") return texts(arg, filling);
    const values = filling.parameters.get(arg.parameter) ?? [];
    if (arg.kind === "if") return holds(arg, values, filling) ? flat(arg.args, filling) : [];
    return values.flatMap((value) => {
      const parameters = new Map(filling.parameters).set(arg.parameter, [value]);
      return flat(arg.args, { ...filling, parameters });
    });
  });
}

function holds({ parameter, is }: Argument & { kind: "if" }, values: readonly string[], { truths }: Filling): boolean {
  if (is !== undefined) return values.some((value) => is.includes(value));
  return values.length > 0 && !(truths.has(parameter) && values[0] === "false");
}

/** One argument, or one for each value of the parameter that has several. */
function texts({ template, allowDash }: Argument & { kind: "text" }, filling: Filling): FilledText[] {
  const names = parametersOf(template);
  const several = names.filter((name) => (filling.parameters.get(name) ?? []).length !== 1);
  const [name, ...more] = several;
  if (more.length > 0) throw new JobFailure(`${several.join(" and ")} have several values in one argument`);
  const single = new Map(names.map((each) => [each, filling.parameters.get(each)?.[0] ?? ""]));
  const values = name === undefined ? [undefined] : (filling.parameters.get(name) ?? []);
  return values.map((value) => {
    if (name !== undefined && value !== undefined) single.set(name, value);
    return { text: joined(template, filling, single), template, allowDash };
  });
}

function joined({ parts }: Template, { own }: Filling, values: ReadonlyMap<string, string>): string {
  const text = (part: Part) => {
    if ("text" in part) return part.text;
    return "own" in part ? own[part.own] : (values.get(part.parameter) ?? "");
  };
  return parts.map(text).join("");
}

function beginsWithValue({ parts }: Template): boolean {
  return parts[0] !== undefined && "parameter" in parts[0];
}

function refusedDash(text: string, template: Template): JobFailure {
  const name = onlyParameter(template) ?? parametersOf(template).join(", ");
  const shown = JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
  return new JobFailure(
    `${name}: a value that begins with "-" is not accepted here, for it would be an option: ${shown}`,
  );
}
