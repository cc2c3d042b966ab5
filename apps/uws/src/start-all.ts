import { startApi } from "@uws/api";
import type { Config } from "@uws/config";
import { startGateway } from "@uws/gateway";
import { startKeeper } from "@uws/keeper";
import { migrate, newWorkerToken } from "@uws/store";
import type { Logger } from "pino";
import { startExampleWorkers } from "./examples/example-workers.ts";
import type { ExampleProgram } from "./examples/programs.ts";
import { openHouse } from "./house.ts";
import { findServers } from "./servers.ts";

/** Everything, in one process but for the workers. */
export interface Running {
  /** http://host:port */
  readonly url: string;
  /** host:port for workers. */
  readonly gateway: string;
  readonly databaseUrl: string;
  readonly natsUrl: string;
  /** Process ids of the example workers by name. */
  workerPids(): Readonly<Record<string, number | undefined>>;
  /** Goes on with the services of another configuration. @throws what is wrong with it; then nothing has changed */
  reload(config: Config): Promise<void>;
  /** Workers first, so that they can give their jobs back; servers last. */
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly config: Config;
  readonly log: Logger;
  /** Told, a line at a time, what is being done. */
  readonly say: (line: string) => void;
  /** The example workers to start, if any. */
  readonly examples: readonly ExampleProgram[];
  /** Delete the embedded servers' data at the end. */
  readonly ephemeral?: boolean;
}

/** Starts servers, api, gateway, keeper and, if wanted, the example workers. What was started is stopped on failure. */
export async function startAll({ config, log, say, examples, ephemeral }: StartOptions): Promise<Running> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (let next = stops.pop(); next !== undefined; next = stops.pop()) {
      await next().catch((error) => log.warn({ err: error }, "something did not stop as it should"));
    }
  };
  try {
    const servers = await findServers(config, say, { ephemeral: ephemeral ?? false });
    stops.push(() => servers.stop());
    await migrate(servers.databaseUrl);
    const house = openHouse(config, servers, "all", log);
    stops.push(() => house.close());
    const keeper = startKeeper(house);
    stops.push(() => keeper.stop());
    const token = newWorkerToken();
    const types = examples.map(({ name }) => name);
    const gateway = await startGateway({ ...house, ownToken: types.length > 0 ? { token, types } : undefined });
    stops.push(() => gateway.stop());
    const api = await startApi(house);
    stops.push(() => api.stop());
    const workers = startExampleWorkers(examples, gateway, token, log);
    stops.push(() => workers.stop());
    return {
      url: api.url,
      gateway: gateway.address,
      databaseUrl: servers.databaseUrl,
      natsUrl: servers.natsUrl,
      workerPids: () => workers.pids(),
      async reload(next) {
        await api.reload(next);
        keeper.reload(next);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
