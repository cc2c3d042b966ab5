/** Execution phases (UWS 1.1, section 2.1.3). */
export type RemotePhase =
  | "PENDING"
  | "QUEUED"
  | "EXECUTING"
  | "COMPLETED"
  | "ERROR"
  | "ABORTED"
  | "UNKNOWN"
  | "HELD"
  | "SUSPENDED"
  | "ARCHIVED";

/** A job as a UWS server shows it. What a server leaves out or has as nil is undefined. */
export interface RemoteJob {
  readonly jobId: string;
  readonly runId: string | undefined;
  readonly ownerId: string | undefined;
  readonly phase: RemotePhase;
  readonly quote: Date | undefined;
  /** Undefined from a UWS 1.0 server. */
  readonly creationTime: Date | undefined;
  readonly startTime: Date | undefined;
  readonly endTime: Date | undefined;
  /** Seconds; 0 = unlimited. */
  readonly executionDuration: number;
  readonly destruction: Date | undefined;
  readonly parameters: readonly RemoteParameter[];
  readonly results: readonly RemoteResult[];
  readonly errorSummary: RemoteErrorSummary | undefined;
  /** From jobInfo, of servers that say so: bun-uws does. */
  readonly progress: RemoteProgress | undefined;
  readonly attempt: number | undefined;
  readonly worker: string | undefined;
  /** The job type: in the JSON of bun-uws, as what follows. */
  readonly type?: string | undefined;
  readonly typeVersion?: string | undefined;
  /** Jobs before it, while it waits for a worker. */
  readonly ahead?: number | undefined;
  /** All attempts that were made of it, in order. */
  readonly attempts?: readonly RemoteAttempt[] | undefined;
}

export interface RemoteAttempt {
  readonly number: number;
  readonly worker: string;
  readonly startTime: Date | undefined;
  readonly endTime: Date | undefined;
  /** Undefined while it runs. */
  readonly outcome: string | undefined;
  readonly message: string | undefined;
}

export interface RemoteParameter {
  readonly name: string;
  /** The value, or where it can be had. */
  readonly value: string;
  readonly byReference: boolean;
  /** Of an uploaded one, where the server says so. */
  readonly mediaType?: string | undefined;
  /** Bytes. */
  readonly size?: number | undefined;
}

export interface RemoteResult {
  readonly id: string;
  /** Absolute URL. */
  readonly href: string;
  readonly mediaType: string | undefined;
  /** Bytes. */
  readonly size: number | undefined;
}

export interface RemoteErrorSummary {
  readonly type: "transient" | "fatal";
  readonly hasDetail: boolean;
  readonly message: string;
}

export interface RemoteProgress {
  /** 0 to 1. */
  readonly fraction: number;
  readonly message: string;
  /** What the worker counts, by name, where the server says so. */
  readonly counters?: Readonly<Record<string, number>> | undefined;
}

/** A job as a list shows it. */
export interface RemoteJobReference {
  readonly jobId: string;
  /** Absolute URL of the job. */
  readonly href: string;
  readonly phase: RemotePhase;
  readonly runId: string | undefined;
  readonly ownerId: string | undefined;
  readonly creationTime: Date | undefined;
}

/** All of them, in the order of the standard. */
export const remotePhases = [
  "PENDING",
  "QUEUED",
  "EXECUTING",
  "COMPLETED",
  "ERROR",
  "ABORTED",
  "UNKNOWN",
  "HELD",
  "SUSPENDED",
  "ARCHIVED",
] as const satisfies readonly RemotePhase[];

export function isRemotePhase(text: string): text is RemotePhase {
  return (remotePhases as readonly string[]).includes(text);
}

/** Whether a job has ended: no RUN, ABORT or worker changes it any more. */
export function hasEnded({ phase }: Pick<RemoteJob, "phase">): boolean {
  return phase === "COMPLETED" || phase === "ERROR" || phase === "ABORTED" || phase === "ARCHIVED";
}
