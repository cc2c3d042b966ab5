import { existsSync } from "node:fs";
import { chown, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { EmbeddedError } from "../error.ts";
import { guard } from "../process/guardian.ts";
import type { RunUser } from "../process/run.ts";
import type { ServerLog } from "../process/server-log.ts";
import type { PostgresBinaries } from "./binaries.ts";
import { makeClusterFolder } from "./home.ts";

export function clusterFolder(home: string): string {
  return join(home, "cluster");
}

/** The major version that wrote the cluster in this home; undefined when there is no cluster. */
export async function clusterMajor(home: string): Promise<number | undefined> {
  const file = join(clusterFolder(home), "PG_VERSION");
  return existsSync(file) ? Number.parseInt(await readFile(file, "utf8"), 10) : undefined;
}

/**
 * Makes a cluster whose superuser is `uws`. It is made under another name and renamed when it is whole, so that being
 * killed half-way leaves no half cluster, only a folder that the next call removes.
 */
export async function initCluster(options: {
  home: string;
  binaries: PostgresBinaries;
  user: RunUser | undefined;
  password: string;
  /** Skip fsync here: the whole cluster is to be thrown away. */
  ephemeral: boolean;
  log: ServerLog;
}): Promise<void> {
  const { home, binaries, user } = options;
  for (const name of await readdir(home)) {
    if (/^(cluster|password)-/.test(name)) await rm(join(home, name), { recursive: true, force: true });
  }
  const fresh = await makeClusterFolder(home, user);
  const passwordFile = join(home, `password-${fresh.slice(-8)}`);
  await writeFile(passwordFile, `${options.password}\n`, { mode: 0o600, flag: "wx" });
  try {
    if (user) await chown(passwordFile, user.uid, user.gid);
    const initdb = await guard({
      command: binaries.initdb,
      args: [
        `--pgdata=${fresh}`,
        "--username=uws",
        `--pwfile=${passwordFile}`,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        // Sorting by code point everywhere, so that no two machines order jobs differently.
        "--locale=C",
        ...(binaries.major >= 17 ? ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] : []),
        "--no-instructions",
        ...(options.ephemeral ? ["--no-sync"] : []),
      ],
      output: options.log.fd,
      stopSignal: "TERM",
      graceSeconds: 5,
      user,
    });
    const code = await initdb.exited;
    if (code !== 0) throw new EmbeddedError("not-started", `initdb failed (${code}):\n${options.log.tail()}`);
    await rename(fresh, clusterFolder(home));
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    throw error;
  } finally {
    await rm(passwordFile, { force: true });
  }
}
