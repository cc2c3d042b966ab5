import { existsSync } from "node:fs";
import { mkdir, readdir, readlink, rm, symlink } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { type Ran, run } from "./run.ts";

/** Milliseconds. */
const updateTimeout = 180_000;
const downloadTimeout = 400_000;

/**
 * Unpacks packages of Debian or Ubuntu, and what they need and the system lacks, into a folder. Works for every user, and
 * changes nothing in the system. Apt checks the packages against the archive's signature.
 * @param wanted which of the packages that apt would install; others are left out
 */
export async function unpackDebian(folder: string, names: readonly string[], wanted = /./): Promise<void> {
  if (!existsSync("/var/lib/dpkg/status")) throw new Error("this is no Debian system");
  const work = join(folder, "apt");
  const [state, cache, archives] = [join(work, "state"), join(work, "cache"), join(work, "archives")];
  await Promise.all(
    [join(state, "lists/partial"), join(cache, "archives/partial"), archives].map((path) =>
      mkdir(path, { recursive: true }),
    ),
  );
  // As root, apt downloads as a user of its own, who cannot write to our folder.
  const quiet = ["-q", "-o", "APT::Sandbox::User=root", "-o", "Acquire::Retries=1", "-o", "Acquire::http::Timeout=20"];
  const system = [...quiet, "-o", `Dir::Cache=${cache}`];
  let downloaded = await download(archives, system, names, wanted);
  if (downloaded.code !== 0) {
    // The machine has no package lists, or old ones. Get our own: the system's are root's.
    const own = [...system, "-o", `Dir::State=${state}`, "-o", "Dir::State::status=/var/lib/dpkg/status"];
    // Its status does not count: one unreachable source of many makes it fail, and need not matter to us.
    const update = await run("apt-get", [...own, "update"], { cwd: archives, timeout: updateTimeout });
    downloaded = await download(archives, own, names, wanted);
    if (downloaded.code !== 0) throw new Error(`${downloaded.error}\n${update.error}`.trim());
  }
  for (const file of await readdir(archives)) {
    const unpacked = await run("dpkg-deb", ["-x", join(archives, file), folder]);
    if (unpacked.code !== 0) throw new Error(`${file} cannot be unpacked: ${unpacked.error}`);
  }
  await rm(work, { recursive: true });
  await keepLinksInside(folder);
}

async function download(
  archives: string,
  options: readonly string[],
  names: readonly string[],
  wanted: RegExp,
): Promise<Ran> {
  // A rehearsal needs no rights, and tells what is missing: "Inst NAME (VERSION …".
  const rehearsal = await run("apt-get", [...options, "-s", "--no-install-recommends", "install", ...names]);
  if (rehearsal.code !== 0) return rehearsal;
  const missing = [...rehearsal.out.matchAll(/^Inst (\S+)/gm)]
    .map(([, name = ""]) => name)
    .filter((name) => wanted.test(name));
  const packages = new Set([...names, ...missing]);
  return await run("apt-get", [...options, "download", ...packages], { cwd: archives, timeout: downloadTimeout });
}

/** Packages link to /etc and the like by absolute paths; here they mean what was unpacked beside them. */
async function keepLinksInside(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) continue;
    const link = join(entry.parentPath, entry.name);
    const target = await readlink(link);
    if (!target.startsWith("/") || !existsSync(join(folder, target))) continue;
    await rm(link);
    // Relative, since the folder will be renamed.
    await symlink(relative(dirname(link), join(folder, target)), link);
  }
}

/** Where programs that were unpacked find the libraries that were unpacked with them. */
export function libraryPath(folder: string): string {
  const libraries = join(folder, "usr/lib");
  const triplet = process.arch === "arm64" ? "aarch64-linux-gnu" : "x86_64-linux-gnu";
  return [join(libraries, triplet), join(folder, "lib", triplet), libraries].join(":");
}
