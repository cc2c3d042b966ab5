import { checkResult, UwsError } from "@uws/core";
import {
  type DescriptionFile,
  type Fault,
  type JobDescription,
  type JsonObject,
  type ParameterForm,
  parameterForm,
} from "@uws/description";
import {
  type Argument,
  type Command,
  type Container,
  commandDefaults,
  type ExitRule,
  type LogLevel,
  type Output,
  type ProgressRule,
  type Stream,
} from "./command.ts";
import { onlyParameter, ownPlaceholders, parametersOf, parseTemplate, type Template } from "./template.ts";

/** A `command` that passed the meta-schema. */
interface Written {
  readonly run: readonly [WrittenArgument, ...WrittenArgument[]];
  readonly files?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly environment?: { readonly inherit?: readonly string[]; readonly set?: Readonly<Record<string, string>> };
  readonly progress?: readonly { readonly from?: Stream | "both"; readonly pattern: string }[];
  readonly log?: { readonly stdout?: LogLevel; readonly stderr?: LogLevel; readonly maxLines?: number };
  readonly outputs?: readonly WrittenOutput[];
  readonly exits?: readonly (Partial<ExitRule> & {
    readonly codes: readonly number[];
    readonly outcome: ExitRule["outcome"];
  })[];
  readonly limits?: Partial<Record<LimitName, number>> & { readonly bestEffort?: boolean };
  readonly container?: { readonly run: readonly string[]; readonly kill?: readonly string[] };
}

type LimitName = "cpuSeconds" | "addressSpace" | "fileSize" | "openFiles" | "memory" | "processes" | "directory";
type Scalar = string | number | boolean;

type WrittenArgument =
  | string
  | {
      readonly if?: string;
      readonly is?: Scalar | readonly Scalar[];
      readonly each?: string;
      readonly args?: readonly WrittenArgument[];
      readonly allowDash?: string;
    };

interface WrittenOutput {
  readonly id: string;
  readonly path?: string;
  readonly glob?: string;
  readonly stream?: Stream;
  readonly mediaType?: string;
  readonly optional?: boolean;
  readonly maxBytes?: number;
  readonly maxFiles?: number;
}

const progressGroups = ["fraction", "percent", "step", "total", "message"];

/**
 * The command of a description's file.
 * @param here folder of the file
 * @throws UwsError `invalid` with everything that is wrong, by file, line and field
 */
export function parseCommand(file: DescriptionFile, here: string): Command {
  if (file.command === undefined) {
    throw file.invalid([{ field: "command", message: "is required: without it there is nothing to run" }]);
  }
  const reader = new CommandReader(file.description);
  const command = reader.read(file.command as JsonObject & Written, here);
  if (reader.faults.length > 0) throw file.invalid(reader.faults);
  return command;
}

/** Reads a command and notes what is wrong with it. */
class CommandReader {
  readonly faults: Fault[] = [];
  readonly #description: JobDescription;
  /** Parameters that go into files, by declared name. */
  readonly #files = new Map<string, string>();

  constructor(description: JobDescription) {
    this.#description = description;
  }

  read(written: Written, here: string): Command {
    const [program, ...args] = written.run;
    this.#readFiles(written.files ?? {});
    const log = written.log ?? {};
    const outputs = this.#outputs(written.outputs ?? []);
    const given = (stream: Stream) => outputs.some((output) => output.kind === "stream" && output.stream === stream);
    const { bestEffort = false, ...limits } = written.limits ?? {};
    return {
      description: this.#description,
      here,
      program: this.#program(program),
      args: args.map((arg, index) => this.#argument(arg, `command.run.${index + 1}`, new Set(), new Set())),
      files: this.#files,
      stdin: written.stdin === undefined ? undefined : this.#stdin(written.stdin),
      environment: {
        inherit: written.environment?.inherit ?? [],
        set: Object.entries(written.environment?.set ?? {}).map(([name, value]) => [
          name,
          this.#single(value, `command.environment.set.${name}`),
        ]),
      },
      progress: (written.progress ?? []).map((rule, index) => this.#progress(rule, `command.progress.${index}`)),
      log: {
        stdout: log.stdout ?? (given("stdout") ? "none" : "info"),
        stderr: log.stderr ?? (given("stderr") ? "none" : "warn"),
        maxLines: log.maxLines ?? commandDefaults.maxLines,
      },
      outputs,
      exits: this.#exits(written.exits ?? []),
      limits: {
        ...{ cpuSeconds: undefined, addressSpace: undefined, fileSize: undefined, openFiles: undefined },
        ...{ memory: undefined, processes: commandDefaults.processes, directory: commandDefaults.directory },
        ...limits,
        bestEffort,
      },
      container: written.container === undefined ? undefined : this.#container(written.container),
    };
  }

  #fault(field: string, message: string): void {
    this.faults.push({ field, message });
  }

  #form(name: string, field: string): ParameterForm | undefined {
    const form = parameterForm(this.#description, name);
    if (form === undefined) this.#fault(field, `${name} is no parameter; ${this.#known()}`);
    return form;
  }

  #known(): string {
    const names = Object.keys((this.#description.parameters.properties ?? {}) as JsonObject);
    return names.length === 0 ? "there are none" : `there are ${names.join(", ")}`;
  }

  #template(source: string, field: string): Template {
    return parseTemplate(
      source,
      (name) => parameterForm(this.#description, name)?.name,
      (name) => {
        const others = name.startsWith("@") ? `there are {${ownPlaceholders.join("}, {")}}` : this.#known();
        this.#fault(field, `nothing fills the placeholder {${name}}; ${others} (as it stands, write {{${name}}})`);
      },
    );
  }

  /** Without parameters: what is run is the operator's choice alone. */
  #fixed(source: string, field: string): Template {
    const template = this.#template(source, field);
    for (const name of parametersOf(template)) this.#fault(field, `must not depend on a parameter ({${name}})`);
    return template;
  }

  #program(written: WrittenArgument): Template {
    const field = "command.run.0";
    if (typeof written === "string" && /^[^-]/.test(written)) return this.#fixed(written, field);
    this.#fault(field, "must be the name or the path of a program, which does not begin with -");
    return { parts: [] };
  }

  #readFiles(written: Readonly<Record<string, string>>): void {
    const names = new Set<string>();
    for (const [name, fileName] of Object.entries(written)) {
      const field = `command.files.${name}`;
      const form = this.#form(name, field);
      if (form !== undefined) this.#files.set(form.name, fileName);
      if (names.has(fileName)) this.#fault(field, `the file name ${fileName} occurs twice`);
      names.add(fileName);
    }
  }

  /**
   * @param there parameters that are given wherever this argument is reached
   * @param one parameters that stand for one of their values there
   */
  #argument(written: WrittenArgument, field: string, there: ReadonlySet<string>, one: ReadonlySet<string>): Argument {
    if (typeof written === "string") return this.#text(written, field, false, there, one);
    const { if: condition, is, each, args, allowDash } = written;
    const kinds = [condition, each, allowDash].filter((each) => each !== undefined).length;
    if (kinds !== 1) this.#fault(field, 'must have one of "if", "each" and "allowDash"');
    if (allowDash !== undefined) {
      if (args !== undefined) this.#fault(field, '"allowDash" is one argument and has no "args"');
      return this.#text(allowDash, field, true, there, one);
    }
    if (args === undefined) this.#fault(field, 'must have "args"');
    if (is !== undefined && condition === undefined) this.#fault(field, '"is" belongs to "if"');
    const name = condition ?? each ?? "";
    const form = this.#form(name, `${field}.${condition === undefined ? "each" : "if"}`);
    const parameter = form?.name ?? name;
    const within = new Set([...there, parameter]);
    const single = each === undefined ? one : new Set([...one, parameter]);
    const inner = (args ?? []).map((arg, index) => this.#argument(arg, `${field}.args.${index}`, within, single));
    if (each !== undefined) return { kind: "each", parameter, args: inner };
    return { kind: "if", parameter, is: is === undefined ? undefined : [is].flat().map(String), args: inner };
  }

  #text(
    source: string,
    field: string,
    allowDash: boolean,
    there: ReadonlySet<string>,
    one: ReadonlySet<string>,
  ): Argument {
    const template = this.#template(source, field);
    const forms = parametersOf(template).flatMap((name) => parameterForm(this.#description, name) ?? []);
    for (const { name, always } of forms) {
      if (always || there.has(name)) continue;
      this.#fault(field, `${name} may be absent: write { if: ${name}, args: [${JSON.stringify(source)}] }`);
    }
    const several = forms.filter((form) => form.several && !one.has(form.name)).map(({ name }) => name);
    if (several.length > 1) {
      this.#fault(field, `${several.join(" and ")} may each have several values: write "each" around it`);
    }
    return { kind: "text", template, allowDash };
  }

  /** A place for one text, which is left out when a parameter is not given. */
  #single(source: string, field: string): Template {
    const template = this.#template(source, field);
    for (const name of parametersOf(template)) {
      if (parameterForm(this.#description, name)?.several === true) {
        this.#fault(field, `${name} may have several values, and there is room for one`);
      }
    }
    return template;
  }

  #stdin(source: string): Template {
    const template = this.#single(source, "command.stdin");
    const isFile = (name: string) => this.#files.has(name) || parameterForm(this.#description, name)?.file === true;
    if (onlyParameter(template) === undefined) {
      for (const name of parametersOf(template).filter(isFile)) {
        this.#fault("command.stdin", `{${name}} is a file, which is given whole or not at all`);
      }
    }
    return template;
  }

  #progress({ from = "stdout", pattern }: NonNullable<Written["progress"]>[number], field: string): ProgressRule {
    const groups = [...pattern.matchAll(/\(\?<([A-Za-z_]\w*)>/g)].map(([, name = ""]) => name);
    for (const group of groups.filter((name) => !progressGroups.includes(name))) {
      this.#fault(`${field}.pattern`, `the group ${group} means nothing; there are ${progressGroups.join(", ")}`);
    }
    if (groups.length === 0) this.#fault(`${field}.pattern`, `must have a named group: ${progressGroups.join(", ")}`);
    if (groups.includes("step") !== groups.includes("total")) {
      this.#fault(`${field}.pattern`, "the groups step and total go together");
    }
    try {
      return { from, pattern: new RegExp(pattern, "u") };
    } catch (cause) {
      this.#fault(`${field}.pattern`, cause instanceof Error ? cause.message : String(cause));
      return { from, pattern: /$^/u };
    }
  }

  #outputs(written: readonly WrittenOutput[]): Output[] {
    const { results } = this.#description;
    const outputs = written.map((output, index) => this.#output(output, `command.outputs.${index}`));
    const ids = outputs.map(({ id }) => id);
    for (const id of new Set(ids.filter((id, index) => ids.indexOf(id) !== index))) {
      this.#fault("command.outputs", `the id "${id}" occurs twice`);
    }
    if (outputs.some(({ kind }) => kind === "glob")) return outputs;
    for (const [index, { id }] of results.entries()) {
      if (!ids.includes(id)) this.#fault(`results.${index}`, `no output of the command makes the result ${id}`);
    }
    return outputs;
  }

  #output(written: WrittenOutput, field: string): Output {
    const { id, path, glob, stream, maxFiles } = written;
    if ([path, glob, stream].filter((source) => source !== undefined).length !== 1) {
      this.#fault(field, 'must have one of "path", "glob" and "stream"');
    }
    const many = /\{/.test(id);
    if (glob === undefined && many) this.#fault(`${field}.id`, "only the files of a glob have a {name}");
    if (glob !== undefined && !many && maxFiles !== 1) {
      this.#fault(`${field}.id`, "the files of a glob need each an id of its own: {name}, {file} or {n}");
    }
    if (maxFiles !== undefined && glob === undefined) this.#fault(`${field}.maxFiles`, "belongs to a glob");
    const declared = this.#description.results.find((result) => result.id === id);
    if (declared === undefined && !many && this.#description.results.length > 0) {
      this.#fault(`${field}.id`, `${id} is none of the results that the description has`);
    }
    const mediaType = written.mediaType ?? declared?.mediaType;
    if (mediaType === undefined) this.#fault(field, "must have a mediaType, which no result of this id tells");
    else this.#checkResult(many ? "id" : id, mediaType, field);
    const any = {
      id,
      mediaType: mediaType ?? "",
      optional: written.optional ?? false,
      maxBytes: written.maxBytes ?? commandDefaults.maxBytes,
    };
    if (stream !== undefined) return { ...any, kind: "stream", stream };
    if (glob !== undefined) return { ...any, kind: "glob", glob, maxFiles: maxFiles ?? commandDefaults.maxFiles };
    return { ...any, kind: "path", path: path ?? "" };
  }

  #checkResult(id: string, mediaType: string, field: string): void {
    try {
      checkResult(id, mediaType);
    } catch (error) {
      if (!(error instanceof UwsError)) throw error;
      this.#fault(field, error.message);
    }
  }

  #exits(written: NonNullable<Written["exits"]>): Map<number, ExitRule> {
    const exits = new Map<number, ExitRule>();
    for (const [index, { codes, outcome, message, delaySeconds = 0 }] of written.entries()) {
      for (const code of codes) {
        if (exits.has(code)) this.#fault(`command.exits.${index}.codes`, `${code} has a meaning already`);
        exits.set(code, { outcome, message, delaySeconds });
      }
    }
    return exits;
  }

  #container({ run, kill }: NonNullable<Written["container"]>): Container {
    const fixed = (list: readonly string[], field: string) =>
      list.map((source, index) => this.#fixed(source, `${field}.${index}`));
    return {
      run: fixed(run, "command.container.run"),
      kill: kill === undefined ? undefined : fixed(kill, "command.container.kill"),
    };
  }
}
