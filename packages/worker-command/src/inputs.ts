import { type FileHandle, open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileEnding } from "@uws/core";
import { parameterForm } from "@uws/description";
import { JobFailure, type UploadedFile } from "@uws/worker";
import type { Command } from "./command.ts";
import { type Filling, fillSingle } from "./fill.ts";
import { onlyParameter } from "./template.ts";
import type { Given } from "./values.ts";
import { inputFolder } from "./working-directory.ts";

/** What becomes a file, and what a placeholder says instead of it: a path below the working directory, which never begins with -. */
export interface Input {
  readonly path: string;
  readonly content: string | UploadedFile;
}

/** What of a job's parameters goes into files, and what all of them stand for in the command. */
export function planInputs(
  command: Command,
  given: ReadonlyMap<string, Given>,
): { inputs: Input[]; parameters: Map<string, readonly string[]> } {
  const inputs: Input[] = [];
  const parameters = new Map<string, readonly string[]>();
  const taken = new Set<string>(command.files.values());
  for (const [name, { texts, file }] of given) {
    const named = command.files.get(name);
    if (named === undefined && file === undefined && !parameterForm(command.description, name)?.file) {
      parameters.set(name, texts);
      continue;
    }
    const contents = file === undefined ? texts : [file];
    const paths = contents.map((content, index) => {
      const fileName = numbered(named ?? free(safeName(name, content), taken), index);
      taken.add(fileName);
      const path = `${inputFolder}/${fileName}`;
      inputs.push({ path, content });
      return path;
    });
    parameters.set(name, paths);
  }
  return { inputs, parameters };
}

/** @throws JobFailure when they are larger than the working directory may be */
export async function saveInputs(inputs: readonly Input[], work: string, maxBytes: number | undefined): Promise<void> {
  let left = maxBytes ?? Number.POSITIVE_INFINITY;
  for (const { path, content } of inputs) {
    const file = await open(join(work, path), "wx", 0o600);
    try {
      for await (const bytes of typeof content === "string" ? [Buffer.from(content)] : content.stream()) {
        left -= bytes.length;
        if (left < 0) throw new JobFailure(`the inputs have more than the ${maxBytes} bytes of the working directory`);
        await file.appendFile(bytes);
      }
    } finally {
      await file.close();
    }
  }
}

/**
 * Opens what the command reads as its stdin.
 * @param root a folder for a text, beside the working directory
 * @returns undefined where there is nothing
 */
export async function openStdin(
  { stdin, files, description }: Command,
  filling: Filling,
  { root, work }: { readonly root: string; readonly work: string },
): Promise<FileHandle | undefined> {
  if (stdin === undefined) return undefined;
  const text = fillSingle(stdin, filling);
  if (text === undefined) return undefined;
  const name = onlyParameter(stdin);
  if (name !== undefined && (files.has(name) || parameterForm(description, name)?.file)) {
    return await open(join(work, text), "r");
  }
  const path = join(root, "stdin");
  await writeFile(path, text, { mode: 0o600 });
  return await open(path, "r");
}

/** The parameter's name and an ending that programs know; nothing of what the client called its file but that. */
function safeName(name: string, content: string | UploadedFile): string {
  const base = name.replaceAll(/[^A-Za-z0-9_.-]/g, "_");
  if (typeof content === "string") return base;
  const ending = fileEnding(content.mediaType) ?? /\.([A-Za-z0-9]{1,10})$/.exec(content.filename)?.[1];
  return ending === undefined ? base : `${base}.${ending}`;
}

function free(name: string, taken: ReadonlySet<string>): string {
  for (let index = 0; ; index++) {
    const tried = numbered(name, index);
    if (!taken.has(tried)) return tried;
  }
}

/** The first has the name itself, the second `2-name`. */
function numbered(name: string, index: number): string {
  return index === 0 ? name : `${index + 1}-${name}`;
}
