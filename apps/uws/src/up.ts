import { type Config, loadConfig } from "@uws/config";
import pino from "pino";
import { allExamples, type ExampleProgram, lightExamples } from "./examples/programs.ts";
import { withExampleServices } from "./examples/with-example-services.ts";
import { reloadOnHangup } from "./reload-on-hangup.ts";
import { type Running, startAll } from "./start-all.ts";
import { untilSignal } from "./until-signal.ts";

export interface UpOptions {
  /** Start the example workers that need nothing. */
  readonly workers: boolean;
  /** Start all that the machine can run, and serve their services as well. */
  readonly allWorkers: boolean;
}

/** `run up`: everything in one process, the example workers beside it, until a signal comes. */
export async function runUp({ workers, allWorkers }: UpOptions): Promise<void> {
  const served = (config: Config) => (allWorkers ? withExampleServices(config) : config);
  const loaded = loadConfig(process.env, process.cwd());
  const config = served(loaded);
  const signal = untilSignal();
  const log = pino({ level: config.logLevel });
  const examples = allWorkers ? await findAllExamples() : workers ? lightExamples : [];
  const running = await startAll({ config, log, say: console.log, examples });
  const stopReloading = reloadOnHangup(loaded, log, (next) => running.reload(served(next)));
  console.log(addresses(running, config.services));
  console.log("Stop it with Ctrl-C.");
  await signal;
  stopReloading();
  console.log("Stopping …");
  await running.stop();
  process.exit(0);
}

/** All examples that the machine can run; of others it is said why not. */
export async function findAllExamples(): Promise<readonly ExampleProgram[]> {
  const { programs, leftOut } = await allExamples(console.log);
  for (const { name, reason } of leftOut) console.log(`The example ${name} is left out: ${reason}`);
  return programs;
}

/** Where everything is. */
export function addresses(running: Running, services: readonly { path: string; jobList: string }[]): string {
  return [
    ...services.map(({ path, jobList }) => `  ${path.padEnd(12)} ${running.url}/${path}/${jobList}`),
    `  web page     ${running.url}/ui/`,
    `  Swagger UI   ${running.url}/swagger`,
    `  workers      ${running.gateway} (gRPC)`,
  ].join("\n");
}
