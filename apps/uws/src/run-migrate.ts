import { loadConfig } from "@uws/config";
import { migrate } from "@uws/store";
import { findServers } from "./servers.ts";

/** `run migrate`: brings the configured (or the embedded) database to the schema of this build. */
export async function runMigrate(): Promise<void> {
  const config = loadConfig(process.env, process.cwd());
  const servers = await findServers(config, console.log, { nats: false });
  try {
    await migrate(servers.databaseUrl);
    console.log("The database is up to date.");
  } finally {
    await servers.stop();
  }
}
