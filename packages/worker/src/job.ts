import type { Parameters } from "./parameters.ts";

/** Runs one job. Its return completes the job, its exception fails it. */
export type JobHandler = (job: JobContext) => Promise<void>;

/** What a result may be made of. A function is called again when an upload has to start over. */
export type ResultData =
  | string
  | Uint8Array
  | AsyncIterable<string | Uint8Array>
  | (() => AsyncIterable<string | Uint8Array>)
  | { readonly path: string }
  | { readonly reference: string; readonly size?: number };

/** Lines for the job's log, kept by the server. */
export interface JobLog {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** A job as its handler sees it. */
export interface JobContext {
  readonly jobId: string;
  readonly jobType: string;
  readonly jobTypeVersion: string;
  /** Counts from 1. */
  readonly attempt: number;
  readonly runId?: string;
  readonly owner?: string;
  readonly parameters: Parameters;
  /** Aborted when the handler should end; its reason is a `JobInterrupted` that says why. */
  readonly signal: AbortSignal;
  /** When the server will cancel the job because its execution duration is over. By the clock of this machine. */
  readonly deadline: Date | undefined;
  /** The state that an earlier attempt left, see `saveCheckpoint` and `release`. */
  readonly checkpoint: Uint8Array | undefined;
  /** W3C traceparent and tracestate. */
  readonly traceContext: Readonly<Record<string, string>>;
  readonly log: JobLog;
  /**
   * Says how far the job is, 0 to 1. Call it as often as you like: only the newest is sent, some ten times a second,
   * and the fraction never goes back.
   */
  progress(fraction: number, message?: string, counters?: Readonly<Record<string, number>>): void;
  /**
   * Stores a result; resolves when the server has it. The same id again replaces it.
   * A lost connection is waited for. Only an AsyncIterable cannot be read twice: give a function that returns one
   * where the data can be made again.
   */
  result(id: string, data: ResultData, mediaType: string): Promise<void>;
  /** Leaves state from which another attempt can go on. The last one counts. */
  saveCheckpoint(state: Uint8Array): void;
  /** Gives the job back without spending an attempt. Throws, so that the handler ends here. */
  release(reason: string, checkpoint?: Uint8Array): never;
}
