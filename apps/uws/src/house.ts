import { join } from "node:path";
import { type BlobStore, openFileBlobs } from "@uws/blobs";
import type { Config } from "@uws/config";
import { limits } from "@uws/core";
import { type Dispatch, openDispatch } from "@uws/dispatch";
import { dispatchJobs, openStore, type Store } from "@uws/store";
import type { Logger } from "pino";
import type { Servers } from "./servers.ts";

/** What api, gateway and keeper stand on, in one process or in three. */
export interface House {
  readonly config: Config;
  readonly store: Store;
  readonly dispatch: Dispatch;
  readonly blobs: BlobStore;
  readonly log: Logger;
  close(): Promise<void>;
}

/** Opens the connections of one process. */
export function openHouse(
  config: Config,
  servers: Pick<Servers, "databaseUrl" | "natsUrl">,
  name: string,
  log: Logger,
): House {
  const store = openStore({ url: servers.databaseUrl, connections: config.databaseConnections, name: `uws-${name}` });
  const dispatch = openDispatch({
    url: servers.natsUrl,
    prefix: config.natsPrefix,
    log,
    pick: (types) => dispatchJobs(store, types, limits.dispatchWindow),
  });
  return {
    config,
    store,
    dispatch,
    blobs: openFileBlobs(join(config.dataDir, "blobs")),
    log,
    async close() {
      await dispatch.close();
      await store.close();
    },
  };
}
