import { inspect } from "node:util";

/** What a handler says about its own failure. */
export interface JobFailureOptions {
  /** `transient`: may work another time. `fatal` (the default): will fail again. UWS's errorSummary type. */
  readonly kind?: "fatal" | "transient";
  /** More than the one line of the message, for the job's error resource. */
  readonly detail?: string;
  /** Ask the server for another attempt, if any remain. A worker's own failure is final unless it says so. */
  readonly retryable?: boolean;
  /** Wait at least this long before the next attempt. */
  readonly retryDelayMs?: number;
  readonly cause?: unknown;
}

/**
 * Thrown by a handler to end its job in ERROR, in its own words.
 *
 * @example throw new JobFailure("the archive is closed for maintenance", { kind: "transient", retryable: true });
 */
export class JobFailure extends Error {
  override readonly name = "JobFailure";
  readonly kind: "fatal" | "transient";
  readonly detail: string | undefined;
  readonly retryable: boolean;
  readonly retryDelayMs: number;

  constructor(message: string, options: JobFailureOptions = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.kind = options.kind ?? "fatal";
    this.detail = options.detail;
    this.retryable = options.retryable ?? false;
    this.retryDelayMs = options.retryDelayMs ?? 0;
  }
}

/** What stands at the job's error resource below the message. */
export function detailOf({ detail, cause }: JobFailure): string {
  return detail ?? (cause === undefined ? "" : inspect(cause));
}
