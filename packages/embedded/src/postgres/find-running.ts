import { readFile, realpath } from "node:fs/promises";
import { join } from "node:path";
import { clusterFolder } from "./cluster.ts";
import { databaseUrl } from "./database-url.ts";
import { livePostmaster } from "./postmaster-pid.ts";
import { currentHome, readPostgresState } from "./state.ts";

/**
 * Finds the PostgreSQL that another process has started on a data directory, so that a command can use it beside that process.
 * @returns its URL, or undefined where none runs
 */
export async function findRunningPostgres(dataDir: string): Promise<string | undefined> {
  const folder = await realpath(dataDir).catch(() => undefined);
  const state = folder === undefined ? undefined : await readPostgresState(folder);
  if (folder === undefined || state === undefined) return undefined;
  const cluster = clusterFolder(currentHome(folder, state));
  if ((await livePostmaster(cluster)) === undefined) return undefined;
  // In postmaster.pid the port is the fourth line, the server's state the eighth.
  const lines = (await readFile(join(cluster, "postmaster.pid"), "utf8").catch(() => "")).split("\n");
  const port = Number(lines[3]);
  return Number.isInteger(port) && lines[7]?.trim() === "ready" ? databaseUrl(state.password, port) : undefined;
}
