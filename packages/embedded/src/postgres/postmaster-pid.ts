import { readFile, readlink, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import { identify, type ProcessIdentity } from "../process/identity.ts";
import { run } from "../process/run.ts";

/**
 * The postmaster that lives on this cluster, by the cluster's own postmaster.pid. A file that was left by a crash is
 * removed when its pid now belongs to some other program: PostgreSQL itself would take that for a server and not start.
 */
export async function livePostmaster(cluster: string): Promise<ProcessIdentity | undefined> {
  const file = join(cluster, "postmaster.pid");
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const identity = identify(Number.parseInt(text, 10));
  if (identity !== undefined && (await isPostmasterOf(identity.pid, cluster))) return identity;
  await rm(file, { force: true });
  return undefined;
}

async function isPostmasterOf(pid: number, cluster: string): Promise<boolean> {
  if (process.platform === "linux") {
    // A postmaster makes its cluster its working directory.
    const folder = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
    return folder !== undefined && folder === (await realpath(cluster));
  }
  const ps = await run("ps", ["-o", "command=", "-p", String(pid)]);
  return ps.stdout.includes("postgres");
}
