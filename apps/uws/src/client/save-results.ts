import { link, lstat, mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { JobHandle, RemoteResult } from "@uws/client";
import { CommandError, usageError } from "./command-error.ts";
import { safeFileName, suggestedName } from "./file-name.ts";

export interface SavedResult {
  readonly id: string;
  readonly path: string;
  readonly bytes: number;
}

export interface SaveOptions {
  /** The folder, which is made if need be. */
  readonly output: string;
  /** Overwrite files that are there. */
  readonly force: boolean;
  /** Told of each result when it is saved. */
  readonly onSaved?: (saved: SavedResult) => void;
}

/**
 * Downloads results into a folder, one after the other. A file appears under its name when it is whole.
 * @throws CommandError when a file of that name is there and may not be overwritten
 */
export async function saveResults(
  job: JobHandle,
  results: readonly RemoteResult[],
  { output, force, onSaved }: SaveOptions,
): Promise<SavedResult[]> {
  await mkdir(output, { recursive: true });
  const saved: SavedResult[] = [];
  const taken = new Set<string>();
  for (const { id } of results) {
    const response = await job.download(id);
    const path = join(output, safeFileName(suggestedName(id, response), taken));
    const one = { id, path, bytes: await save(response, path, force) };
    saved.push(one);
    onSaved?.(one);
  }
  return saved;
}

/** @returns bytes written */
async function save(response: Response, path: string, force: boolean): Promise<number> {
  const part = `${path}.${crypto.randomUUID().slice(0, 8)}.part`;
  try {
    // Before anything is downloaded for nothing.
    if (!force && (await isThere(path))) throw exists(path);
    const bytes = await write(response, part);
    await (force ? rename(part, path) : linkNew(part, path));
    return bytes;
  } finally {
    await response.body?.cancel().catch(() => {});
    await rm(part, { force: true });
  }
}

async function write(response: Response, path: string): Promise<number> {
  // Exclusive: nothing that is there already, a link to elsewhere in particular, is written through.
  const file = await open(path, "wx");
  let bytes = 0;
  try {
    if (response.body !== null) {
      for await (const chunk of response.body) {
        await file.writeFile(chunk);
        bytes += chunk.byteLength;
      }
    }
  } finally {
    await file.close();
  }
  const announced = response.headers.get("content-length");
  const encoded = response.headers.has("content-encoding");
  if (announced !== null && !encoded && Number(announced) !== bytes) {
    throw new CommandError(`${response.url}: ${bytes} of ${announced} bytes came; nothing was saved.`);
  }
  return bytes;
}

/** Gives a file its name unless another has it, in one step. */
async function linkNew(part: string, path: string): Promise<void> {
  try {
    await link(part, path);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EEXIST") throw exists(path);
    // A file system without links: what is left is to look before.
    if (await isThere(path)) throw exists(path);
    await rename(part, path);
  }
}

async function isThere(path: string): Promise<boolean> {
  return await lstat(path).then(
    () => true,
    () => false,
  );
}

function exists(path: string): CommandError {
  return usageError(`${path} is there already; --force overwrites it.`);
}
