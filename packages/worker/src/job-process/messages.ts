/** What a worker and the process of a job say to each other, over the channel that `fork` makes. */
import type { Assign__Output, Event } from "@uws/protocol";
import type { ConnectionOptions } from "../connection.ts";
import type { InterruptionCode } from "../job-interrupted.ts";
import type { SessionLimits } from "../session-limits.ts";

/** The job, and whatever is needed to run it. */
export interface Start {
  readonly module: string;
  readonly exportName: string;
  readonly assign: Assign__Output;
  readonly limits: SessionLimits;
  /** Large results and uploaded files go from process to gateway without the detour over the worker. */
  readonly connection: ConnectionOptions;
}

export type ToChild =
  | { readonly start: Start }
  /** The worker has taken every event up to this number, results when the server has them. */
  | { readonly acknowledged: number }
  | { readonly interrupted: InterruptionCode };

/** How the handler ended, when it could still say so. */
export type Outcome =
  | { readonly kind: "completed" }
  | { readonly kind: "released"; readonly reason: string; readonly checkpoint?: Uint8Array }
  | {
      readonly kind: "failed";
      readonly message: string;
      readonly failure: {
        readonly kind: "fatal" | "transient";
        readonly detail: string;
        readonly retryable: boolean;
        readonly retryDelayMs: number;
      };
    };

export type FromChild = { readonly ready: true } | { readonly event: Event } | { readonly outcome: Outcome };

/** Set in the environment of a job's process. */
export const jobProcessVariable = "UWS_JOB_PROCESS";
