import { join } from "node:path";
import type { Config } from "@uws/config";
import { startNats, startPostgres } from "@uws/embedded";

/** PostgreSQL and NATS: the operator's, or our own. */
export interface Servers {
  readonly databaseUrl: string;
  readonly natsUrl: string;
  /** Stops those that we started. */
  stop(): Promise<void>;
}

/**
 * Finds the servers that the configuration names, and starts those that it does not.
 * @param log is told, a line at a time, what is being done
 * @param options ephemeral: what was started leaves nothing behind; nats: false when PostgreSQL is enough
 */
export async function findServers(
  config: Config,
  log: (line: string) => void,
  { ephemeral = false, nats: natsWanted = true } = {},
): Promise<Servers> {
  const started: { stop(): Promise<void> }[] = [];
  const stop = async () => {
    await Promise.all(started.map((server) => server.stop()));
  };
  const own = async <Server extends { url: string; stop(): Promise<void> }>(starting: Promise<Server>) => {
    const server = await starting;
    started.push(server);
    return server.url;
  };
  const [database, nats] = await Promise.allSettled([
    config.databaseUrl ?? own(startPostgres({ dataDir: join(config.dataDir, "postgres"), ephemeral, log })),
    natsWanted ? (config.natsUrl ?? own(startNats({ dataDir: join(config.dataDir, "nats"), ephemeral, log }))) : "",
  ]);
  if (database.status === "rejected" || nats.status === "rejected") {
    await stop();
    throw database.status === "rejected" ? database.reason : (nats as PromiseRejectedResult).reason;
  }
  return { databaseUrl: database.value, natsUrl: nats.value, stop };
}
