import { existsSync } from "node:fs";
import { readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { Glob } from "bun";
import { cached } from "./cache.ts";
import { unpackDebian } from "./debian.ts";
import { run, type Tool } from "./run.ts";
import { oldest } from "./versions.ts";

/** STILTS: the one on the PATH, else Debian's with a Java runtime, unpacked into the cache. */
export async function findStilts(): Promise<Tool> {
  const installed: Tool = { command: ["stilts"], env: {} };
  const problem = await problemOf(installed);
  if (problem === undefined) return installed;

  const folder = await cached("stilts-debian", async (fresh) => {
    // Of the graphical libraries on which its packages depend it needs none for what we do.
    await unpackDebian(fresh, ["starlink-ttools-java", "default-jre-headless"], /-java$|^openjdk-\d+-jre-headless$/);
    await linkJars(join(fresh, "usr/share/java"));
  });
  const [java = Bun.which("java") ?? "/usr/bin/java"] = [
    ...new Glob("usr/lib/jvm/*/bin/java").scanSync({ cwd: folder, absolute: true }),
  ];
  const jar = join(folder, "usr/share/java/starlink-ttools.jar");
  const unpacked: Tool = { command: [java, "-cp", jar, "uk.ac.starlink.ttools.Stilts"], env: {} };
  const stillProblem = await problemOf(unpacked);
  if (stillProblem !== undefined) throw new Error(`stilts on the PATH: ${problem}\nunpacked: ${stillProblem}`);
  return unpacked;
}

async function problemOf(tool: Tool): Promise<string | undefined> {
  const { code, out, error } = await run(tool, ["-version"]);
  if (code !== 0) return error.trim() || `it ended with ${code}`;
  const [, major, minor] = /STILTS version (\d+)\.(\d+)/.exec(`${out}${error}`) ?? [];
  if (major === undefined) return "it does not tell its version";
  const [oldestMajor, oldestMinor] = oldest.stilts;
  const enough = Number(major) > oldestMajor || (Number(major) === oldestMajor && Number(minor) >= oldestMinor);
  return enough ? undefined : `it is version ${major}.${minor}`;
}

/** The jars find each other in their own folder; those that the system had already are linked into it. */
async function linkJars(folder: string): Promise<void> {
  const system = "/usr/share/java";
  if (!existsSync(system)) return;
  for (const name of await readdir(system)) {
    if (name.endsWith(".jar") && !existsSync(join(folder, name))) await symlink(join(system, name), join(folder, name));
  }
}
