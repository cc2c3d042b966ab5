/** What a worker without gRPC says of its job in one request; everything is stored in this order. */
export interface JobUpdate {
  readonly log?: readonly LogLine[] | undefined;
  readonly progress?: ReportedProgress | undefined;
  /** From where another attempt can go on; at most 1 MiB. */
  readonly checkpoint?: Uint8Array | undefined;
  readonly results?: readonly ReportedResult[] | undefined;
  /** The last word; without one the job goes on. */
  readonly end?: JobEnd | undefined;
}

export interface LogLine {
  readonly level?: "debug" | "info" | "warn" | "error" | undefined;
  readonly message: string;
}

export interface ReportedProgress {
  /** 0 to 1. */
  readonly fraction: number;
  readonly message?: string | undefined;
  readonly counters?: Readonly<Record<string, number>> | undefined;
}

/** A result that is kept elsewhere, or a text of at most 64 KiB. */
export type ReportedResult = { readonly id: string; readonly mediaType?: string | undefined } & (
  | { readonly href: string; readonly size?: number | undefined }
  | { readonly content: string }
);

export type JobEnd =
  | { readonly phase: "COMPLETED" }
  | { readonly phase: "ERROR"; readonly error: JobFailure }
  | { readonly phase: "RELEASED"; readonly reason: string };

/** Why a job has failed. */
export interface JobFailure {
  readonly message: string;
  /** Whether the same job could succeed another time (UWS 1.1, section 2.1.7). Default "fatal". */
  readonly type?: "fatal" | "transient" | undefined;
  readonly detail?: string | undefined;
  /** Run it again while attempts remain. */
  readonly retryable?: boolean | undefined;
  /** Seconds before that. */
  readonly retryDelay?: number | undefined;
}

/** How many numbers the events of an update take. */
export function eventsIn({ log = [], progress, checkpoint, results = [] }: JobUpdate): number {
  return log.length + Number(progress !== undefined) + Number(checkpoint !== undefined) + results.length;
}

/** An update as the server takes it. */
export function updateJson({ checkpoint, end, ...events }: JobUpdate): object {
  return {
    ...events,
    ...(checkpoint === undefined ? {} : { checkpoint: base64(checkpoint) }),
    ...(end?.phase === "RELEASED" ? { release: { reason: end.reason } } : end),
  };
}

/** As text, a piece at a time: a call takes so many arguments only. */
function base64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}
