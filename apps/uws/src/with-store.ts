import { join } from "node:path";
import { type Config, loadConfig } from "@uws/config";
import { findRunningPostgres } from "@uws/embedded";
import { migrate, openStore, type Store } from "@uws/store";
import { findServers } from "./servers.ts";

/** Does something with the database of the configuration in the working directory, as a command does. */
export async function withConfiguredStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
  return await withStore(loadConfig(process.env, process.cwd()), work);
}

/**
 * Does something with the configured database, or with the embedded one: the one that `up` runs at the moment; else it is
 * started, and brought to this build's schema.
 */
async function withStore<T>(config: Config, work: (store: Store) => Promise<T>): Promise<T> {
  const running = config.databaseUrl ?? (await findRunningPostgres(join(config.dataDir, "postgres")));
  if (running !== undefined) return await workWith(running, work);
  const servers = await findServers(config, console.error, { nats: false });
  try {
    await migrate(servers.databaseUrl);
    return await workWith(servers.databaseUrl, work);
  } finally {
    await servers.stop();
  }
}

async function workWith<T>(url: string, work: (store: Store) => Promise<T>): Promise<T> {
  const store = openStore({ url, connections: 1, name: "uws-command" });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
