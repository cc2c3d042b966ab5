import { constants } from "node:fs";
import { type FileHandle, lstat, open, readlink, realpath } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { JobFailure } from "@uws/worker";

/** A file that a command left, open: whatever becomes of its name, these are its bytes. */
export interface OpenOutput {
  readonly handle: FileHandle;
  /** Bytes. */
  readonly size: number;
}

/**
 * Opens what a command left at a path of its working directory: a regular file with one name, whose way leads out of the
 * directory nowhere. A link could show what only the worker may read.
 * @param work the working directory, without symbolic links
 * @returns undefined when nothing is there
 * @throws JobFailure when it is something else
 */
export async function openOutput(work: string, path: string): Promise<OpenOutput | undefined> {
  const file = join(work, path);
  const there = await lstat(file).catch(absent);
  if (there === undefined) return undefined;
  // Before it is opened: to open a device or a FIFO may do something, or wait.
  if (there.isSymbolicLink()) throw refused(path, "it is a symbolic link");
  if (!there.isFile()) throw refused(path, "it is no regular file");
  if (!inside(work, await realpath(dirname(file))))
    throw refused(path, "its folder is outside of the working directory");
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const opened = await handle.stat();
    if (!opened.isFile()) throw refused(path, "it is no regular file");
    if (opened.nlink > 1) throw refused(path, "it is a hard link to a file that has other names");
    // Its folder may have become a link since: the kernel tells what was opened.
    const opening = await readlink(`/proc/self/fd/${handle.fd}`).catch(() => undefined);
    if (opening !== undefined && !inside(work, opening)) throw refused(path, "it is outside of the working directory");
    return { handle, size: opened.size };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** The bytes from the beginning, as often as wanted. */
export async function* read(handle: FileHandle): AsyncGenerator<Uint8Array> {
  for (let position = 0; ; ) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(64 * 1024), 0, 64 * 1024, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
  throw error;
}

function inside(folder: string, path: string): boolean {
  return path === folder || path.startsWith(`${folder}${sep}`);
}

function refused(path: string, why: string): JobFailure {
  return new JobFailure(`the output ${path} is refused: ${why}`);
}
