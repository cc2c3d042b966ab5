import { Database } from "bun:sqlite";
import { readFileSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { EmbeddedError } from "./error.ts";

export interface DataLock {
  release(): Promise<void>;
}

/**
 * Makes sure that one process at a time uses a data directory.
 *
 * The lock is the kernel's own (an exclusive SQLite transaction is the way to one that Bun offers on every system): it is
 * taken in one step, and is free again the moment its holder has ended, even by kill -9. A file that only names a pid would
 * have to guess whether that pid is still the same process. The pid is written beside it all the same, for the error.
 */
export async function lockData(folder: string, name: string): Promise<DataLock> {
  const path = join(folder, `${name}.lock`);
  const holder = join(folder, `${name}.pid`);
  let database: Database | undefined;
  try {
    database = new Database(path, { create: true });
    database.run("pragma busy_timeout = 0");
    // No journal file beside it: nothing is ever written.
    database.run("pragma journal_mode = memory");
    database.run("begin exclusive");
  } catch (error) {
    database?.close();
    if (error instanceof Error && "code" in error && error.code === "SQLITE_BUSY") {
      throw new EmbeddedError(
        "in-use",
        `the data directory ${folder} is in use by another process (${name}, started by pid ${readPid(holder)}): ` +
          "stop that one first, or use another directory",
      );
    }
    throw new EmbeddedError("bad-data", `cannot use the data directory ${folder}: is it writable for this user?`, {
      cause: error,
    });
  }
  const held = database;
  // Kept alive by this module: a lock that is collected as garbage is a lock that is lost.
  locks.add(held);
  await writeFile(holder, `${process.pid}\n`, { mode: 0o644 });
  return {
    async release() {
      if (!locks.delete(held)) return;
      await rm(holder, { force: true });
      held.close();
    },
  };
}

const locks = new Set<Database>();

function readPid(holder: string): string {
  try {
    return readFileSync(holder, "utf8").trim() || "unknown";
  } catch {
    return "unknown";
  }
}
