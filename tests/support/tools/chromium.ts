import { dirname, join } from "node:path";
import { Glob } from "bun";
import { cached } from "./cache.ts";
import { libraryPath, unpackDebian } from "./debian.ts";
import { run, type Tool } from "./run.ts";

/** Chromium: the one on the PATH, else Debian's with the libraries that it needs, unpacked into the cache. */
export async function findChromium(): Promise<Tool> {
  const onPath = ["chromium", "chromium-browser", "google-chrome"].flatMap((name) => Bun.which(name) ?? []);
  const problems: string[] = [];
  for (const path of onPath) {
    const installed: Tool = { command: [path], env: {} };
    const problem = await problemOf(installed);
    if (problem === undefined) return installed;
    problems.push(`${path}: ${problem}`);
  }

  const folder = await cached("chromium-debian", (fresh) => unpackDebian(fresh, ["chromium", "fonts-dejavu-core"]));
  // Debian's script around it looks for its settings in /etc; the program itself needs none.
  const unpacked: Tool = {
    command: [join(folder, "usr/lib/chromium/chromium")],
    env: { LD_LIBRARY_PATH: librariesIn(folder), XDG_DATA_DIRS: join(folder, "usr/share") },
  };
  const stillProblem = await problemOf(unpacked);
  if (stillProblem !== undefined) throw new Error([...problems, `unpacked: ${stillProblem}`].join("\n"));
  return unpacked;
}

/** Some packages keep libraries in folders of their own (libpulsecommon), and tell only the installed loader. */
function librariesIn(folder: string): string {
  const own = new Glob("usr/lib/*/*/lib*.so*").scanSync({ cwd: folder, absolute: true });
  return [libraryPath(folder), ...new Set([...own].map(dirname))].join(":");
}

async function problemOf(tool: Tool): Promise<string | undefined> {
  const { code, out, error } = await run(tool, ["--version"]);
  if (code !== 0) return error.trim() || `it ended with ${code}`;
  return /\b\d+\.\d+\.\d+\.\d+\b/.test(out) ? undefined : `it does not tell its version: ${out.trim()}`;
}
