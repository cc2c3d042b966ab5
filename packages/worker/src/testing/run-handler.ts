import { createReadStream } from "node:fs";
import { failureOf, isJobReleased } from "../failure-of.ts";
import type { JobContext, JobHandler, JobLog, ResultData } from "../job.ts";
import type { JobFailure } from "../job-failure.ts";
import { JobReleased } from "../job-released.ts";
import { type ParameterEntry, Parameters } from "../parameters.ts";
import type { UploadedFile } from "../uploaded-file.ts";

/** What a test gives a handler instead of a server. */
export interface RunHandlerOptions {
  /** Values by name, several in an array; or entries, where their order counts. */
  readonly parameters?: Readonly<Record<string, string | number | readonly string[]>> | readonly ParameterEntry[];
  /** Uploaded files by the names of their parameters. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  readonly checkpoint?: Uint8Array;
  /** Aborts as the server would. */
  readonly signal?: AbortSignal;
  readonly job?: Partial<
    Pick<
      JobContext,
      "jobId" | "jobType" | "jobTypeVersion" | "attempt" | "runId" | "owner" | "deadline" | "traceContext"
    >
  >;
}

/** A result that a handler left. */
export interface LeftResult {
  readonly mediaType: string;
  /** Empty when it is a reference. */
  readonly data: Buffer;
  readonly text: string;
  readonly reference?: string;
}

/** What came of it. */
export interface HandlerRun {
  readonly outcome: "completed" | "failed" | "released";
  /** The failure, when it failed. */
  readonly failure: JobFailure | undefined;
  /** What the handler threw, when it threw. */
  readonly error: unknown;
  /** Why it gave the job back, when it did. */
  readonly reason: string | undefined;
  /** Every report, as it was made. */
  readonly progress: readonly {
    readonly fraction: number;
    readonly message: string;
    readonly counters: Readonly<Record<string, number>>;
  }[];
  readonly logs: readonly { readonly level: keyof JobLog; readonly message: string }[];
  /** By id, in the order in which they were stored; the last one of an id. */
  readonly results: ReadonlyMap<string, LeftResult>;
  /** The last that it left. */
  readonly checkpoint: Uint8Array | undefined;
}

/**
 * Runs a handler without a server and tells what it did. It does not throw when the handler does: see `outcome`.
 *
 * @example
 * const { outcome, results } = await runHandler(hello, { parameters: { NAME: "Ada" } });
 * expect(results.get("greeting")?.text).toBe("Hello, Ada!");
 */
export async function runHandler(handler: JobHandler, options: RunHandlerOptions = {}): Promise<HandlerRun> {
  const progress: HandlerRun["progress"][number][] = [];
  const logs: HandlerRun["logs"][number][] = [];
  const results = new Map<string, LeftResult>();
  const pending: Promise<void>[] = [];
  let checkpoint: Uint8Array | undefined;
  const signal = options.signal ?? new AbortController().signal;
  const log = (level: keyof JobLog) => (message: string) => void logs.push({ level, message: String(message) });

  const store = async (id: string, data: ResultData, mediaType: string) => {
    if (id === "") throw new TypeError("a result needs an id");
    signal.throwIfAborted();
    const stored = await read(data);
    signal.throwIfAborted();
    results.set(id, { mediaType, ...stored });
  };
  const job: JobContext = {
    jobId: "job-1",
    jobType: "test",
    jobTypeVersion: "1.0.0",
    attempt: 1,
    deadline: undefined,
    traceContext: {},
    ...options.job,
    parameters: new Parameters(entriesOf(options)),
    signal,
    checkpoint: options.checkpoint,
    log: { debug: log("debug"), info: log("info"), warn: log("warn"), error: log("error") },
    progress: (fraction, message = "", counters = {}) => void progress.push({ fraction, message, counters }),
    result(id, data, mediaType) {
      const stored = store(id, data, mediaType);
      pending.push(stored);
      // Nobody need await it; it is looked at in the end.
      stored.catch(() => {});
      return stored;
    },
    saveCheckpoint(state) {
      checkpoint = state.slice();
    },
    release(reason, state) {
      throw new JobReleased(reason, state);
    },
  };

  const seen = { progress, logs, results, failure: undefined, reason: undefined, error: undefined };
  try {
    await handler(job);
    await Promise.all(pending);
    return { ...seen, outcome: "completed", checkpoint };
  } catch (error) {
    if (!isJobReleased(error)) return { ...seen, outcome: "failed", failure: failureOf(error), error, checkpoint };
    return { ...seen, outcome: "released", reason: error.message, error, checkpoint: error.checkpoint ?? checkpoint };
  }
}

function entriesOf({ parameters = {}, files = {} }: RunHandlerOptions): ParameterEntry[] {
  const given = Array.isArray(parameters)
    ? (parameters as readonly ParameterEntry[])
    : Object.entries(parameters as Record<string, string | number | readonly string[]>).flatMap(([name, values]) =>
        [values].flat().map((value) => ({ name, value: String(value) })),
      );
  return [...given, ...Object.entries(files).map(([name, content]) => ({ name, file: uploaded(name, content) }))];
}

function uploaded(name: string, content: string | Uint8Array): UploadedFile {
  const bytes = Buffer.from(content as Uint8Array);
  return {
    name,
    filename: name,
    mediaType: typeof content === "string" ? "text/plain" : "application/octet-stream",
    size: bytes.length,
    async *stream(offset = 0) {
      yield bytes.subarray(offset);
    },
    bytes: async () => bytes,
    text: async () => bytes.toString(),
  };
}

async function read(data: ResultData): Promise<Omit<LeftResult, "mediaType">> {
  if (typeof data === "object" && "reference" in data) {
    return { data: Buffer.alloc(0), text: "", reference: data.reference };
  }
  const bytes = await bytesOf(data);
  return { data: bytes, text: bytes.toString() };
}

async function bytesOf(data: Exclude<ResultData, { readonly reference: string }>): Promise<Buffer> {
  if (typeof data === "string") return Buffer.from(data);
  if (data instanceof Uint8Array) return Buffer.from(data);
  const source = typeof data === "function" ? data() : "path" in data ? createReadStream(data.path) : data;
  const pieces: Uint8Array[] = [];
  for await (const piece of source) pieces.push(typeof piece === "string" ? Buffer.from(piece) : piece);
  return Buffer.concat(pieces);
}
