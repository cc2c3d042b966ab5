import { createHash } from "node:crypto";
import { mkdir, open, opendir, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UwsError } from "@uws/core";
import type { Blob, BlobStore, StoredBlob } from "./blob-store.ts";

/**
 * Keeps blobs as files below a folder. Writes go to a file beside the final one, are synced, and renamed into place:
 * what is there after a crash is whole.
 */
export function openFileBlobs(folder: string): BlobStore {
  return {
    async put(key, source, maxBytes) {
      const path = pathOf(folder, key);
      const partial = `${path}.partial`;
      await mkdir(dirname(path), { recursive: true });
      try {
        const stored = await write(partial, source, maxBytes);
        await rename(partial, path);
        return { key, ...stored };
      } catch (error) {
        await rm(partial, { force: true });
        throw error;
      }
    },

    async get(key) {
      const path = pathOf(folder, key);
      const found = await stat(path).catch(() => undefined);
      return found?.isFile() ? fileBlob(path, found.size) : undefined;
    },

    async *list() {
      const jobs = join(folder, "jobs");
      for await (const job of await opendir(jobs).catch(nothingThere)) {
        if (!job.isDirectory()) continue;
        const names = await readdir(join(jobs, job.name)).catch(nothingThere);
        for (const name of names) {
          const found = await stat(join(jobs, job.name, name)).catch(() => undefined);
          if (found?.isFile()) yield { key: `jobs/${job.name}/${name}`, modified: found.mtime };
        }
      }
    },

    async delete(key) {
      await rm(pathOf(folder, key), { recursive: true, force: true });
    },
  };
}

/** A folder that is not there has nothing in it. */
function nothingThere(error: NodeJS.ErrnoException): [] {
  if (error.code === "ENOENT") return [];
  throw error;
}

function fileBlob(path: string, size: number): Blob {
  return {
    size,
    stream(start = 0, end = size) {
      return Bun.file(path).slice(start, end).stream();
    },
  };
}

async function write(
  path: string,
  source: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<Omit<StoredBlob, "key">> {
  const file = await open(path, "w", 0o600);
  try {
    const hash = createHash("sha256");
    let size = 0;
    for await (const chunk of source) {
      size += chunk.length;
      if (size > maxBytes) throw new UwsError("too_large", `More than ${maxBytes} bytes.`);
      hash.update(chunk);
      for (let written = 0; written < chunk.length; ) {
        written += (await file.write(chunk, written)).bytesWritten;
      }
    }
    await file.sync();
    return { size, sha256: hash.digest("hex") };
  } finally {
    await file.close();
  }
}

/** Keys are made by the server, but a key that leaves the folder must never be followed. */
function pathOf(folder: string, key: string): string {
  const parts = key.replace(/\/$/, "").split("/");
  if (parts.some((part) => !/^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(part))) throw new Error(`Not a blob key: ${key}`);
  return join(folder, ...parts);
}
