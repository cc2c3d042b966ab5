import { join } from "node:path";
import { openFileBlobs } from "@uws/blobs";
import { ConfigError, loadConfig } from "@uws/config";
import { limits } from "@uws/core";
import { openDispatch } from "@uws/dispatch";
import { dispatchJobs, openStore } from "@uws/store";
import { pino } from "pino";
import { startApi } from "./start-api.ts";

/** The API alone, beside a gateway and a keeper that run elsewhere. */
async function main(): Promise<void> {
  const config = loadConfig(process.env, process.cwd());
  const { databaseUrl, natsUrl } = config;
  if (databaseUrl === undefined || natsUrl === undefined) {
    throw new ConfigError(["UWS_DATABASE_URL and UWS_NATS_URL must be set when the api runs alone"]);
  }
  const log = pino({ name: "api", level: config.logLevel });
  const store = openStore({ url: databaseUrl, connections: config.databaseConnections, name: "uws-api" });
  const dispatch = openDispatch({
    url: natsUrl,
    prefix: config.natsPrefix,
    log,
    pick: (types) => dispatchJobs(store, types, limits.dispatchWindow),
  });
  const close = async () => {
    await dispatch.close();
    await store.close();
  };
  const api = await startApi({
    config,
    store,
    dispatch,
    blobs: openFileBlobs(join(config.dataDir, "blobs")),
    log,
  }).catch(async (error) => {
    await close();
    throw error;
  });
  const signal = await firstSignal();
  log.info({ signal }, "api stops");
  await api.stop();
  await close();
}

function firstSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    process.once("SIGTERM", resolve);
    process.once("SIGINT", resolve);
  });
}

try {
  await main();
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exit(1);
}
