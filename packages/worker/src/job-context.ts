import type { Assign__Output, Parameter__Output } from "@uws/protocol";
import type { Connection } from "./connection.ts";
import type { JobContext, JobLog, ResultData } from "./job.ts";
import { JobReleased } from "./job-released.ts";
import type { LogLine, Outbox, Progress } from "./outbox.ts";
import { type ParameterEntry, Parameters } from "./parameters.ts";
import { isReference, resultSource } from "./result-source.ts";
import { maxPayload, type SessionLimits } from "./session-limits.ts";
import { shortened } from "./shortened.ts";
import { uploadResult } from "./upload-result.ts";
import { DownloadableFile } from "./uploaded-file.ts";
import { unlessAborted } from "./wait.ts";

/** What an attempt lends to the context of its job. */
export interface AttemptResources {
  readonly signal: AbortSignal;
  readonly outbox: Outbox;
  readonly connection: Connection;
  readonly limits: () => SessionLimits;
}

/** Bytes. A line that goes into every listing of the job is kept short; a log line may be longer. */
const maxProgressMessage = 1_024;
const maxLogMessage = 64 * 1024;

/** The job as its handler sees it: turns what the handler says into events, uploads and downloads. */
export class AttemptContext implements JobContext {
  readonly jobId: string;
  readonly jobType: string;
  readonly jobTypeVersion: string;
  readonly attempt: number;
  declare readonly runId?: string;
  declare readonly owner?: string;
  readonly parameters: Parameters;
  readonly signal: AbortSignal;
  readonly deadline: Date | undefined;
  readonly checkpoint: Uint8Array | undefined;
  readonly traceContext: Readonly<Record<string, string>>;
  readonly log: JobLog;
  readonly #token: string;
  readonly #resources: AttemptResources;
  readonly #pendingResults = new Set<Promise<void>>();
  #fraction = 0;

  constructor(assign: Assign__Output, resources: AttemptResources) {
    this.#token = assign.attemptToken;
    this.#resources = resources;
    this.jobId = assign.jobId;
    this.jobType = assign.jobType;
    this.jobTypeVersion = assign.jobTypeVersion;
    this.attempt = assign.attempt;
    if (assign.runId !== "") this.runId = assign.runId;
    if (assign.owner !== "") this.owner = assign.owner;
    this.parameters = new Parameters(assign.parameters.map((parameter) => this.#entry(parameter)));
    this.signal = resources.signal;
    this.deadline = assign.timeAllowedMs > 0 ? new Date(Date.now() + assign.timeAllowedMs) : undefined;
    this.checkpoint = assign.checkpoint;
    this.traceContext = Object.freeze({ ...assign.traceContext });
    this.log = this.#log();
  }

  progress(fraction: number, message = "", counters: Readonly<Record<string, number>> = {}): void {
    if (fraction > this.#fraction) this.#fraction = Math.min(1, fraction);
    const progress: Progress = {
      fraction: this.#fraction,
      message: this.#text(message, maxProgressMessage),
      counters: { ...counters },
    };
    this.#resources.outbox.progress(progress);
  }

  // Not async: what is returned has the handler below, so a result that nobody awaits does not end the process.
  result(id: string, data: ResultData, mediaType: string): Promise<void> {
    const stored = this.#store(id, data, mediaType);
    this.#pendingResults.add(stored);
    stored.then(
      () => this.#pendingResults.delete(stored),
      (error: unknown) => {
        this.#pendingResults.delete(stored);
        if (!this.signal.aborted) this.log.warn(`result ${id} was not stored: ${String(error)}`);
      },
    );
    return stored;
  }

  saveCheckpoint(state: Uint8Array): void {
    this.#resources.outbox.checkpoint(this.#fitting(state).slice());
  }

  release(reason: string, checkpoint?: Uint8Array): never {
    throw new JobReleased(reason, checkpoint && this.#fitting(checkpoint));
  }

  /** Waits for the results that the handler did not await: a completed job has them all, or it is not completed. */
  async settleResults(): Promise<void> {
    await Promise.all(this.#pendingResults);
  }

  async #store(id: string, data: ResultData, mediaType: string): Promise<void> {
    const { signal, outbox, limits, connection } = this.#resources;
    if (id === "") throw new TypeError("a result needs an id");
    signal.throwIfAborted();
    if (isReference(data)) {
      const { reference, size = 0 } = data;
      return unlessAborted(outbox.result({ id, mediaType, reference, size }), signal);
    }
    const source = await resultSource(data, limits().maxInlineResultBytes);
    signal.throwIfAborted();
    if ("inline" in source) return unlessAborted(outbox.result({ id, mediaType, inline: source.inline }), signal);
    const upload = {
      token: this.#token,
      id,
      mediaType,
      source: source.upload,
      maxBytes: limits().maxResultBytes,
      maxPieceBytes: maxPayload(limits().maxMessageBytes),
    };
    return unlessAborted(uploadResult(connection, upload, signal), signal);
  }

  #fitting(state: Uint8Array): Uint8Array {
    const max = maxPayload(this.#resources.limits().maxMessageBytes);
    if (state.length > max) {
      throw new RangeError(`a checkpoint of ${state.length} bytes is longer than the ${max} that the server takes`);
    }
    return state;
  }

  /** What a handler says in words must fit into a message, too. */
  #text(text: unknown, maxBytes: number): string {
    return shortened(String(text), Math.min(maxBytes, maxPayload(this.#resources.limits().maxMessageBytes)));
  }

  #log(): JobLog {
    const at = (level: LogLine["level"] & string) => (message: string) =>
      this.#resources.outbox.log({ level, message: this.#text(message, maxLogMessage) });
    return { debug: at("DEBUG"), info: at("INFO"), warn: at("WARN"), error: at("ERROR") };
  }

  #entry(parameter: Parameter__Output): ParameterEntry {
    const { name, uploaded } = parameter;
    if (!uploaded) return { name, value: parameter.value ?? "" };
    const { signal, connection } = this.#resources;
    return { name, file: new DownloadableFile(name, uploaded, { token: this.#token, signal, connection }) };
  }
}
