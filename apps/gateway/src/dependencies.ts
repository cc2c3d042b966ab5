import type { BlobStore } from "@uws/blobs";
import type { Config } from "@uws/config";
import type { Dispatch } from "@uws/dispatch";
import type { Store } from "@uws/store";
import type { Logger } from "pino";

/** What the gateway stands on. */
export interface GatewayDependencies {
  readonly config: Pick<Config, "host" | "grpcPort" | "timing">;
  readonly store: Store;
  readonly dispatch: Dispatch;
  readonly blobs: BlobStore;
  readonly log: Logger;
}
