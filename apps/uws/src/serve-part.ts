import { startApi } from "@uws/api";
import { loadConfig } from "@uws/config";
import { startGateway } from "@uws/gateway";
import { startKeeper } from "@uws/keeper";
import pino from "pino";
import { awaitDatabase } from "./await-database.ts";
import { type House, openHouse } from "./house.ts";
import type { Part } from "./server-commands.ts";
import { untilSignal } from "./until-signal.ts";

const parts = {
  api: async (house: House) => await startApi(house),
  gateway: async (house: House) => await startGateway(house),
  keeper: async (house: House) => startKeeper(house),
} as const satisfies Readonly<Record<Part, unknown>>;

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
  if (!(await awaitDatabase(house.store, log, giveUp.signal))) process.exit(0);
  const running = await parts[part](house);
  log.info("started");
  await signal;
  log.info("stopping");
  await running.stop();
  await house.close();
  process.exit(0);
}
