import type { Identity } from "@uws/auth";
import type { BlobStore } from "@uws/blobs";
import type { Config } from "@uws/config";
import type { Remembered } from "@uws/core";

import type { Dispatch } from "@uws/dispatch";
import type { Store, StoredJob } from "@uws/store";
import type { Logger } from "pino";
import type { Descriptions } from "./descriptions.ts";
import type { Quotes } from "./quotes.ts";
import type { ShownJobs } from "./shown-jobs.ts";
import type { SingleFlight } from "./single-flight.ts";
import type { Waiters } from "./waiters.ts";

/** What the API stands on; opened and closed by whoever starts it. */
export interface ApiDependencies {
  readonly config: Config;
  readonly store: Store;
  readonly dispatch: Dispatch;
  readonly blobs: BlobStore;
  readonly log: Logger;
  /** Further checks of the process that `/readyz` reports; all must be true. */
  readonly ready?: () => Promise<Record<string, boolean>>;
}

/** What every resource may use. */
export interface Api extends ApiDependencies {
  /** Finds out who sends a request. @throws UwsError "unauthenticated", "unavailable" */
  readonly authenticate: (request: Request) => Promise<Identity>;
  readonly waiters: Waiters;
  readonly quotes: Quotes;
  readonly descriptions: Descriptions;
  /** Serves what is accepted now of what workers announced. */
  readonly lookAtTypes: () => Promise<void>;
  /** Reads of jobs: those who read the same one at the same moment share a query. */
  readonly reads: SingleFlight<StoredJob | undefined>;
  readonly shown: ShownJobs;
  /** Of services, by their paths. */
  readonly statistics: Remembered<object>;
  /** When it began to serve, by this process's clock. */
  readonly since: Date;
  /** Aborted when this process is to stop: still served, and no longer ready. */
  readonly leaving: AbortSignal;
  /** Aborted when the server begins to stop: whoever waits for something else answers at once. */
  readonly stopping: AbortSignal;
}
