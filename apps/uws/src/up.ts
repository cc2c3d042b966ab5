import { loadConfig } from "@uws/config";
import pino from "pino";
import { reloadOnHangup } from "./reload-on-hangup.ts";
import { type Running, startAll } from "./start-all.ts";
import { untilSignal } from "./until-signal.ts";

/** `run up`: everything in one process, the example workers beside it, until a signal comes. */
export async function runUp(options: { workers: boolean }): Promise<void> {
  const config = loadConfig(process.env, process.cwd());
  const signal = untilSignal();
  const log = pino({ level: config.logLevel });
  const running = await startAll({ config, log, say: console.log, workers: options.workers });
  const stopReloading = reloadOnHangup(config, log, (next) => running.reload(next));
  console.log(addresses(running, config.services));
  console.log("Stop it with Ctrl-C.");
  await signal;
  stopReloading();
  console.log("Stopping …");
  await running.stop();
  process.exit(0);
}

/** Where everything is. */
export function addresses(running: Running, services: readonly { path: string; jobList: string }[]): string {
  return [
    ...services.map(({ path, jobList }) => `  ${path.padEnd(12)} ${running.url}/${path}/${jobList}`),
    `  Swagger UI   ${running.url}/swagger`,
    `  workers      ${running.gateway} (gRPC)`,
  ].join("\n");
}
