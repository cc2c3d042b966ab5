import { startApi } from "@uws/api";
import { loadConfig } from "@uws/config";
import { type Gateway, startGateway } from "@uws/gateway";
import { startKeeper } from "@uws/keeper";
import pino from "pino";
import { startWithDatabase } from "./await-database.ts";
import { type House, openHouse } from "./house.ts";
import { reloadOnHangup } from "./reload-on-hangup.ts";
import type { Part } from "./server-commands.ts";
import { untilSignal } from "./until-signal.ts";

const parts = {
  api: async (house: House) => await startApi(house),
  gateway: async (house: House) => withoutServices(await startGateway(house)),
  keeper: async (house: House) => startKeeper(house),
} as const satisfies Readonly<Record<Part, unknown>>;

/** A gateway runs whatever types its workers have. What it reads again, certificates, it reads by itself. */
function withoutServices(gateway: Gateway) {
  return { reload: () => {}, stop: () => gateway.stop() };
}

/**
 * `uws api`, `uws gateway`, `uws keeper`: one part in one process, until a signal comes. The configuration must name
 * PostgreSQL and NATS, which several processes share, and the database must be migrated (`run migrate`).
 */
export async function servePart(part: Part): Promise<void> {
  const config = loadConfig(process.env, process.cwd());
  const { databaseUrl, natsUrl } = config;
  if (databaseUrl === undefined || natsUrl === undefined) {
    throw new Error(`${part} needs UWS_DATABASE_URL and UWS_NATS_URL: it shares them with the other processes.`);
  }
  const signal = untilSignal();
  const log = pino({ level: config.logLevel }).child({ part });
  const house = openHouse(config, { databaseUrl, natsUrl }, part, log);
  const giveUp = new AbortController();
  void signal.then(() => giveUp.abort());
  const running = await startWithDatabase(house.store, log, giveUp.signal, () => parts[part](house));
  if (running === undefined) process.exit(0);
  const stopReloading = reloadOnHangup(config, log, async (next) => await running.reload(next));
  log.info("started");
  await signal;
  stopReloading();
  log.info("stopping");
  await running.stop();
  await house.close();
  process.exit(0);
}
