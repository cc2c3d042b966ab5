import { join } from "node:path";
import { cached } from "./cache.ts";
import { libraryPath, unpackDebian } from "./debian.ts";
import { run, type Tool } from "./run.ts";

/** curl: the one on the PATH, else Debian's, unpacked into the cache. */
export async function findCurl(): Promise<Tool> {
  const installed: Tool = { command: ["curl"], env: {} };
  if ((await run(installed, ["--version"])).code === 0) return installed;
  const folder = await cached("curl-debian", (fresh) => unpackDebian(fresh, ["curl"]));
  return { command: [join(folder, "usr/bin/curl")], env: { LD_LIBRARY_PATH: libraryPath(folder) } };
}
