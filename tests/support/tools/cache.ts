import { existsSync } from "node:fs";
import { access, constants, mkdir, rename, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { locked } from "./lock.ts";

/**
 * A folder of the user's cache that is made once: later calls, in other processes as well, find it whole. Processes that
 * want it at the same time wait for the one that makes it.
 * @param name says all that its contents depend on, versions above all
 * @param make fills an empty folder, which may be renamed when it is full
 */
export async function cached(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const cache = await cacheFolder();
  const path = join(cache, name);
  if (existsSync(path)) return path;
  return await locked(join(cache, `${name}.lock`), async () => {
    if (existsSync(path)) return path;
    const fresh = join(cache, `${name}.new`);
    // One that was stopped while it was being made.
    await rm(fresh, { recursive: true, force: true });
    await mkdir(fresh);
    try {
      await make(fresh);
      await rename(fresh, path);
    } finally {
      await rm(fresh, { recursive: true, force: true });
    }
    return path;
  });
}

/** Where the embedded servers keep what they get as well, or the temporary folder for a user without a home. */
export async function cacheFolder(): Promise<string> {
  // The XDG base directory specification: a relative path in XDG_CACHE_HOME is to be ignored.
  const { XDG_CACHE_HOME: xdg, HOME: home } = process.env;
  const base = xdg?.startsWith("/") ? xdg : join(home ?? homedir(), ".cache");
  for (const folder of [join(base, "bun-uws/tests"), join(tmpdir(), `bun-uws-tests-${process.getuid?.() ?? 0}`)]) {
    const usable = await mkdir(folder, { recursive: true })
      .then(() => access(folder, constants.W_OK))
      .then(() => true)
      .catch(() => false);
    if (usable) return folder;
  }
  throw new Error(`neither ${base} nor ${tmpdir()} can be written to`);
}
