import { stat } from "node:fs/promises";
import { text } from "node:stream/consumers";
import type { CreateOptions } from "@uws/client";
import { CommandError, usageError } from "./command-error.ts";
import type { GivenParameter } from "./given-parameters.ts";

/** What of the parameters is sent as text, and what as files. */
export interface Sent {
  readonly parameters: Readonly<Record<string, string[]>>;
  readonly files: NonNullable<CreateOptions["files"]>;
}

/** Bytes of a file that stands for a text. */
const longestText = 1024 * 1024;

/**
 * Finds the files that `@path` names (`@-` is stdin). Where the description knows the parameter and it takes no file, the
 * file's text is its value: a query that is kept in a file, say. Files are read while they are sent.
 * @throws CommandError when there is no such file
 */
export async function findUploads(given: readonly GivenParameter[]): Promise<Sent> {
  const parameters: Record<string, string[]> = {};
  const files: Record<string, Blob[]> = {};
  for (const { name, value, declared } of given) {
    if (!value.startsWith("@") || value.startsWith("@@")) {
      add(parameters, name, value.startsWith("@@") ? value.slice(1) : value);
      continue;
    }
    const file = await open(value.slice(1));
    if (declared === undefined || declared.file) add(files, name, file);
    else add(parameters, name, await textOf(file, value));
  }
  return { parameters, files };
}

function add<Value>(values: Record<string, Value[]>, name: string, value: Value): void {
  values[name] = [...(Object.hasOwn(values, name) ? (values[name] ?? []) : []), value];
}

async function open(path: string): Promise<Blob> {
  if (path === "-") return Bun.stdin;
  const found = await stat(path).catch((cause: Error) => {
    throw usageError(`${path} cannot be read: ${cause.message}`);
  });
  if (found.isDirectory()) throw usageError(`${path} is a folder.`);
  return Bun.file(path);
}

async function textOf(file: Blob, value: string): Promise<string> {
  if (file !== Bun.stdin && file.size > longestText) {
    throw new CommandError(`${value}: the parameter is a text, and this file has more than ${longestText} bytes.`);
  }
  return file === Bun.stdin ? await text(process.stdin) : await file.text();
}
