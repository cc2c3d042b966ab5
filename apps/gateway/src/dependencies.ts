import type { BlobStore } from "@uws/blobs";
import type { Config } from "@uws/config";
import type { Dispatch } from "@uws/dispatch";
import type { Store } from "@uws/store";
import type { Logger } from "pino";

/** What the gateway stands on. */
export interface GatewayDependencies {
  /** Without `announced`, what workers announce is ignored. */
  readonly config: Pick<Config, "host" | "grpcPort" | "grpc" | "timing"> & Partial<Pick<Config, "announced">>;
  readonly store: Store;
  readonly dispatch: Dispatch;
  readonly blobs: BlobStore;
  readonly log: Logger;
  /** Lets workers in that this process starts itself, where a token is required; never stored. */
  readonly ownToken?: { readonly token: string; readonly types: readonly string[] } | undefined;
}
