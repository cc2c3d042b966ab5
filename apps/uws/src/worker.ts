import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { ParameterEntry } from "@uws/worker";
import { Command, InvalidArgumentError } from "commander";

interface RunOptions {
  readonly slots?: number;
  readonly gateway?: string;
  readonly token?: string;
  readonly name?: string;
  readonly announce: boolean;
  readonly workDir?: string;
}

/** `worker run|check FILE…`: job types that are command lines (docs/command-worker.md). */
export function workerCommand(): Command {
  const worker = new Command("worker").description("job types that are command lines, without code");
  worker
    .command("run")
    .argument("<file...>", "job descriptions with a command, a job type each")
    .description("run the jobs of these types, until a signal")
    .option("--slots <n>", "jobs at once (else UWS_SLOTS, else 1)", wholeNumber)
    .option("--gateway <address>", "https://host:port, or host:port for plain text (else UWS_GATEWAY)")
    .option("--token <token>", "the worker's token (better in UWS_TOKEN: everybody can see what is typed)")
    .option("--name <name>", "what people know the worker by; unless told otherwise the host's name")
    .option("--work-dir <folder>", "where the working directories of jobs are made")
    .option("--no-announce", "do not bring the descriptions along to the server")
    .action(runWorker);
  worker
    .command("check")
    .argument("<file>", "a job description with a command")
    .description("check it, and show the command line of a job without running it")
    .option("--set <name=value>", "a parameter of that job; NAME=@FILE is an upload", collect, [])
    .action(checkCommand);
  return worker;
}

async function runWorker(files: readonly string[], options: RunOptions): Promise<void> {
  const { loadCommand, startCommandWorker } = await import("@uws/worker-command");
  const { gateway, token, name, workDir, announce } = options;
  const commands = await Promise.all(files.map(loadCommand));
  const worker = await startCommandWorker({
    commands,
    announce,
    slots: options.slots ?? wholeNumber(process.env.UWS_SLOTS || "1"),
    ...(gateway !== undefined && { address: gateway }),
    ...(token !== undefined && { token }),
    ...(name !== undefined && { name }),
    ...(workDir !== undefined && { folder: workDir }),
  });
  await worker.closed;
}

async function checkCommand(file: string, { set }: { readonly set: readonly string[] }): Promise<void> {
  const { loadCommand, preview, prepareCommand } = await import("@uws/worker-command");
  const { JobFailure } = await import("@uws/worker");
  const command = await loadCommand(file);
  prepareCommand(command, process.env, { info: (line) => console.error(line), warn: (line) => console.error(line) });
  const { name, version } = command.description;
  console.error(`${file}: ${name} ${version} is in order.`);
  if (set.length === 0) return;
  const parameters = await Promise.all(set.map(parameter));
  try {
    console.log(preview(command, parameters, process.env));
  } catch (error) {
    if (!(error instanceof JobFailure)) throw error;
    throw new Error([error.message, error.detail].filter(Boolean).join("\n"));
  }
}

async function parameter(text: string): Promise<ParameterEntry> {
  const [, name = "", value = ""] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name === "") throw new InvalidArgumentError(`--set takes NAME=VALUE, not ${JSON.stringify(text)}`);
  if (!value.startsWith("@")) return { name, value };
  const path = value.slice(1);
  const bytes = await readFile(path);
  const file = { name, filename: basename(path), mediaType: "application/octet-stream", size: bytes.length };
  const content = { async *stream() {}, bytes: async () => bytes, text: async () => bytes.toString() };
  return { name, file: { ...file, ...content } };
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("must be a whole number above 0");
}

function collect(text: string, before: readonly string[]): string[] {
  return [...before, text];
}
