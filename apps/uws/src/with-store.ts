import type { Config } from "@uws/config";
import { migrate, openStore, type Store } from "@uws/store";
import { findServers } from "./servers.ts";

/** Does something with the configured database, or with the embedded one, which is brought to this build's schema. */
export async function withStore<T>(config: Config, work: (store: Store) => Promise<T>): Promise<T> {
  const servers = await findServers(config, console.error, { nats: false });
  try {
    if (config.databaseUrl === undefined) await migrate(servers.databaseUrl);
    const store = openStore({ url: servers.databaseUrl, connections: 1, name: "uws-command" });
    try {
      return await work(store);
    } finally {
      await store.close();
    }
  } finally {
    await servers.stop();
  }
}
