import type { JobDescription } from "@uws/description";
import type { Template } from "./template.ts";

/** A command as a job description has it, checked: nothing in it can be wrong any more but what a job brings. */
export interface Command {
  readonly description: JobDescription;
  /** Folder of the description's file: {@here}. */
  readonly here: string;
  readonly program: Template;
  readonly args: readonly Argument[];
  /** File names by parameter, beside the uploads that go into files anyhow. */
  readonly files: ReadonlyMap<string, string>;
  readonly stdin: Template | undefined;
  readonly environment: Environment;
  readonly progress: readonly ProgressRule[];
  readonly log: LogRules;
  readonly outputs: readonly Output[];
  readonly exits: ReadonlyMap<number, ExitRule>;
  readonly limits: Limits;
  readonly container: Container | undefined;
}

export type Argument =
  | { readonly kind: "text"; readonly template: Template; readonly allowDash: boolean }
  | {
      readonly kind: "if";
      readonly parameter: string;
      /** Values of which it has one; undefined = it is given, and not false. */
      readonly is: readonly string[] | undefined;
      readonly args: readonly Argument[];
    }
  | { readonly kind: "each"; readonly parameter: string; readonly args: readonly Argument[] };

export interface Environment {
  readonly inherit: readonly string[];
  readonly set: readonly (readonly [name: string, value: Template])[];
}

export type Stream = "stdout" | "stderr";

export interface ProgressRule {
  readonly from: Stream | "both";
  readonly pattern: RegExp;
}

export type LogLevel = "none" | "debug" | "info" | "warn" | "error";

export interface LogRules {
  readonly stdout: LogLevel;
  readonly stderr: LogLevel;
  /** Lines of a job that go into its log. */
  readonly maxLines: number;
}

interface AnyOutput {
  readonly id: string;
  readonly mediaType: string;
  /** It need not be there. */
  readonly optional: boolean;
  readonly maxBytes: number;
}

export type Output =
  | (AnyOutput & { readonly kind: "path"; readonly path: string })
  | (AnyOutput & { readonly kind: "glob"; readonly glob: string; readonly maxFiles: number })
  | (AnyOutput & { readonly kind: "stream"; readonly stream: Stream });

export interface ExitRule {
  readonly outcome: "complete" | "fatal" | "transient" | "retry";
  readonly message: string | undefined;
  readonly delaySeconds: number;
}

/** Undefined = none. */
export interface Limits {
  readonly cpuSeconds: number | undefined;
  readonly addressSpace: number | undefined;
  readonly fileSize: number | undefined;
  readonly openFiles: number | undefined;
  readonly memory: number | undefined;
  readonly processes: number | undefined;
  readonly directory: number | undefined;
  readonly bestEffort: boolean;
}

export interface Container {
  readonly run: readonly Template[];
  readonly kill: readonly Template[] | undefined;
}

/** What holds where a command does not say. */
export const commandDefaults = {
  maxLines: 1000,
  /** Bytes of one result. */
  maxBytes: 10 * 1024 ** 3,
  /** Results of one glob. */
  maxFiles: 100,
  processes: 256,
  /** Bytes. */
  directory: 10 * 1024 ** 3,
} as const;
