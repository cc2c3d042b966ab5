import type { Phase } from "./phase.ts";

/** A parameter of a job, with the name and in the order in which the client sent it (UWS 1.1, section 2.1.11). */
export type Parameter = { readonly name: string } & (
  | { readonly value: string }
  /** Uploaded: the bytes are in the blob store, and clients see the parameter by reference. */
  | { readonly upload: Upload }
);

/** Where the bytes of an uploaded parameter are. */
export interface Upload {
  readonly key: string;
  readonly mediaType: string;
  readonly filename: string;
  /** Bytes. */
  readonly size: number;
}

/** A result of a job (UWS 1.1, section 2.1.10). */
export interface Result {
  readonly id: string;
  readonly mediaType: string;
  /** Bytes; undefined when the result is elsewhere and nobody said. */
  readonly size: number | undefined;
  readonly location: { readonly key: string; readonly sha256: string } | { readonly reference: string };
  readonly createdAt: Date;
}

/** Why a job ended in ERROR (UWS 1.1, section 2.1.7). */
export interface ErrorSummary {
  readonly type: "transient" | "fatal";
  /** One line. */
  readonly message: string;
  /** More than the message, served at the error resource. */
  readonly detail: string | undefined;
}

/** How far an executing job is. */
export interface Progress {
  /** 0 to 1. */
  readonly fraction: number;
  readonly message: string;
  readonly counters: Readonly<Record<string, number>>;
}

/** A job as its clients see it. All times are UTC at millisecond precision. */
export interface Job {
  /** UUIDv7 in lower case. */
  readonly id: string;
  /** Path of the service at which it was created. */
  readonly service: string;
  readonly type: string;
  readonly typeVersion: string;
  readonly phase: Phase;
  /** Undefined when the client was anonymous. */
  readonly owner: string | undefined;
  readonly runId: string | undefined;
  readonly creationTime: Date;
  readonly startTime: Date | undefined;
  readonly endTime: Date | undefined;
  /** Seconds; 0 = unlimited. */
  readonly executionDuration: number;
  /** The higher comes first. */
  readonly priority: number;
  readonly destruction: Date | undefined;
  readonly parameters: readonly Parameter[];
  readonly results: readonly Result[];
  readonly error: ErrorSummary | undefined;
  readonly progress: Progress | undefined;
  /** The attempt that runs or ran last, from 1; 0 before the first. */
  readonly attempt: number;
  /** Name of the worker of that attempt. */
  readonly worker: string | undefined;
}

/** A job as a list shows it (UWS 1.1, section 2.2.2.1). */
export type JobReference = Pick<Job, "id" | "phase" | "runId" | "owner" | "creationTime" | "type">;
