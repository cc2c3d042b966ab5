import { join } from "node:path";
import { cached } from "./cache.ts";
import { libraryPath, unpackDebian } from "./debian.ts";
import { run, type Tool } from "./run.ts";

/** A shell: the one on the PATH, else Debian's, unpacked into the cache. */
export async function findShell(name: "zsh" | "fish"): Promise<Tool> {
  const installed: Tool = { command: [name], env: {} };
  if ((await run(installed, ["--version"])).code === 0) return installed;
  const folder = await cached(`${name}-debian`, (fresh) => unpackDebian(fresh, [name], /^(zsh|fish|lib)/));
  const unpacked: Tool = { command: [join(folder, "usr/bin", name)], env: { LD_LIBRARY_PATH: libraryPath(folder) } };
  if ((await run(unpacked, ["--version"])).code === 0) return unpacked;
  return { ...unpacked, command: [join(folder, "bin", name)] };
}
