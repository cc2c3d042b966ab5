import { childUrl } from "./child-url.ts";
import { delay } from "./delay.ts";
import { UwsClientError } from "./errors.ts";
import { readEventStream, type ServerSentEvent } from "./event-stream.ts";
import { type JobEvent, jobEvent } from "./job-event.ts";
import { type Parameters, parameterFields } from "./parameters.ts";
import { readJob, readResults } from "./read-job.ts";
import { hasEnded, type RemoteJob, type RemotePhase, type RemoteResult } from "./remote-job.ts";
import { messageOf, type RequestOptions, type Transport } from "./transport.ts";
import { silenceAllowed, type WatchOptions, watchJob } from "./watch-job.ts";

export interface Signalled {
  readonly signal?: AbortSignal | undefined;
}

export interface UpdateOptions extends Signalled {
  readonly parameters?: Parameters | undefined;
  readonly runId?: string | undefined;
  /** Seconds that it may run; 0 = unlimited. The server may allow less. */
  readonly executionDuration?: number | undefined;
  readonly destruction?: Date | undefined;
}

export interface EventOptions extends WatchOptions {
  /** The `id` of the last event that is known already. */
  readonly lastEventId?: string | undefined;
  /** Told when the stream of events is there, and when it has broken and is opened again. */
  readonly onConnection?: ((state: "open" | "lost") => void) | undefined;
}

export interface WaitOptions extends WatchOptions {
  /** Called with the job as it is at first, and whenever its phase or progress has changed. */
  readonly onChange?: ((job: RemoteJob) => void) | undefined;
}

/** A job on a server. It holds nothing but its URL: every method asks. */
export class JobHandle {
  /** Absolute URL of the job. */
  readonly url: string;
  readonly #transport: Transport;

  constructor(url: string, transport: Transport) {
    this.url = url;
    this.#transport = transport;
  }

  get(options: Signalled = {}): Promise<RemoteJob> {
    return this.#get("", options.signal);
  }

  /** Starts the job (UWS 1.1, section 2.2.3.4). */
  async run(options: Signalled = {}): Promise<void> {
    await this.#act({ method: "POST", body: new URLSearchParams({ PHASE: "RUN" }), signal: options.signal }, "phase");
  }

  /** Stops the job; what it has produced stays. */
  async abort(options: Signalled = {}): Promise<void> {
    await this.#act({ method: "POST", body: new URLSearchParams({ PHASE: "ABORT" }), signal: options.signal }, "phase");
  }

  /** Throws the results away and keeps the job's metadata (ours; elsewhere it is refused). */
  async archive(options: Signalled = {}): Promise<void> {
    await this.#act(
      { method: "POST", body: new URLSearchParams({ PHASE: "ARCHIVE" }), signal: options.signal },
      "phase",
    );
  }

  /**
   * Changes a job: its parameters and run id while it is PENDING, its times as long as the server lets it. What the
   * server has made of it, `get` tells.
   */
  async update({ parameters = {}, runId, executionDuration, destruction, signal }: UpdateOptions): Promise<void> {
    const post = (name: string, value: string, ...path: readonly string[]) =>
      this.#act({ method: "POST", body: new URLSearchParams({ [name]: value }), signal }, ...path);
    const given = new URLSearchParams(parameterFields(parameters));
    if (runId !== undefined) given.set("RUNID", runId);
    if (given.size > 0) await this.#act({ method: "POST", body: given, signal }, "parameters");
    if (executionDuration !== undefined) {
      await post("EXECUTIONDURATION", String(executionDuration), "executionduration");
    }
    if (destruction !== undefined) await post("DESTRUCTION", destruction.toISOString(), "destruction");
  }

  /** Destroys the job and its results. */
  async delete(options: Signalled = {}): Promise<void> {
    await this.#act({ method: "DELETE", signal: options.signal });
  }

  /**
   * Waits until the job has ended, for days if need be: by requests that the server answers when the phase changes.
   * @returns the job in its last phase, which may well be ERROR
   */
  async wait({ onChange, ...options }: WaitOptions = {}): Promise<RemoteJob> {
    let seen = "";
    for await (const job of watchJob((query, signal) => this.#get(query, signal), options)) {
      const state = JSON.stringify([job.phase, job.progress]);
      if (state !== seen) onChange?.(job);
      seen = state;
      if (hasEnded(job)) return job;
    }
    throw new Error("unreachable: a watch has no end");
  }

  /**
   * What happens to the job, until it has ended: by `X/events` where the server has it (bun-uws), otherwise by waiting, where
   * events are phases and progress. A broken stream is taken up again where it broke.
   */
  async *events(options: EventOptions = {}): AsyncGenerator<JobEvent, void, undefined> {
    const { signal, pollMilliseconds = 1000, silenceMilliseconds = silenceAllowed, onConnection } = options;
    let { lastEventId } = options;
    let told: RemotePhase | undefined;
    for (;;) {
      const stream = await this.#openEvents(lastEventId, signal);
      if (stream === "absent") return yield* this.#watchedEvents(options);
      if (stream !== "away") {
        onConnection?.("open");
        for await (const event of untilBroken(readEventStream(stream, silenceMilliseconds), signal)) {
          lastEventId = event.id ?? lastEventId;
          if (event.type === "phase") told = event.phase;
          yield event;
        }
        if (told !== undefined && hasEnded({ phase: told })) return;
      }
      onConnection?.("lost");
      const { phase } = await this.#patientGet(options);
      if (phase !== told) yield { type: "phase", phase };
      told = phase;
      if (hasEnded({ phase })) return;
      await delay(pollMilliseconds, signal);
    }
  }

  /** The results there are; they may appear while the job runs. */
  async results(options: Signalled = {}): Promise<RemoteResult[]> {
    return this.#read(childUrl(this.url, "results"), readResults, options.signal);
  }

  /**
   * A result's bytes, as a response whose body can be streamed to a file.
   * @throws UwsClientError when there is no such result
   */
  async download(resultId: string, options: Signalled = {}): Promise<Response> {
    const known = (await this.results(options)).find(({ id }) => id === resultId);
    const url = known?.href ?? childUrl(this.url, "results", resultId);
    const { response } = await this.#transport.send(url, { accept: "*/*", signal: options.signal });
    return response;
  }

  /** An uploaded parameter's bytes: of one that is given byReference. */
  async parameter(name: string, options: Signalled = {}): Promise<Response> {
    const known = (await this.get(options)).parameters.find((parameter) => parameter.name === name);
    const url = known?.byReference === true ? known.value : childUrl(this.url, "parameters", name);
    const { response } = await this.#transport.send(url, { accept: "*/*", signal: options.signal });
    return response;
  }

  /** What the server has to say about the job's failure, in full; undefined when it has not failed. */
  async error(options: Signalled = {}): Promise<string | undefined> {
    try {
      const url = childUrl(this.url, "error");
      const { response } = await this.#transport.send(url, { accept: "text/plain, */*;q=0.5", signal: options.signal });
      return await response.text();
    } catch (error) {
      if (error instanceof UwsClientError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** @returns "absent" where the server has no such thing, "away" where it does not answer, or not now */
  async #openEvents(
    lastEventId: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<ReadableStream<Uint8Array> | "absent" | "away"> {
    try {
      const url = childUrl(this.url, "events");
      const { response } = await this.#transport.send(url, { accept: "text/event-stream", lastEventId, signal });
      if (response.headers.get("content-type")?.startsWith("text/event-stream") === true)
        return response.body ?? "absent";
      await response.body?.cancel();
    } catch (error) {
      if (!(error instanceof UwsClientError)) throw error;
      if (error.transient) return "away";
      if (![400, 404, 405, 406, 501].includes(error.status ?? 0)) throw error;
    }
    return "absent";
  }

  async *#watchedEvents(options: WatchOptions): AsyncGenerator<JobEvent, void, undefined> {
    let before: RemoteJob | undefined;
    for await (const job of watchJob((query, signal) => this.#get(query, signal), options)) {
      const { progress, phase } = job;
      const moved = JSON.stringify(progress) !== JSON.stringify(before?.progress);
      if (progress !== undefined && moved) yield { type: "progress", ...progress };
      if (phase !== before?.phase) yield { type: "phase", phase };
      if (hasEnded(job)) return;
      before = job;
    }
  }

  /** The job as it is, as soon as the server can be reached. */
  async #patientGet(options: WatchOptions): Promise<RemoteJob> {
    for await (const job of watchJob((_query, signal) => this.#get("", signal), options)) return job;
    throw new Error("unreachable: a watch has no end");
  }

  #get(query: string, signal: AbortSignal | undefined): Promise<RemoteJob> {
    return this.#read(`${this.url}${query}`, readJob, signal);
  }

  async #read<Value>(
    url: string,
    read: (document: string, url: string) => Value,
    signal: AbortSignal | undefined,
  ): Promise<Value> {
    return readAnswer(await this.#transport.send(url, { signal }), read);
  }

  async #act(options: RequestOptions, ...path: readonly string[]): Promise<void> {
    const { response } = await this.#transport.send(childUrl(this.url, ...path), options);
    await response.body?.cancel();
  }
}

/** A broken stream is not a broken job: its events end, and the job is asked. */
async function* untilBroken(
  events: AsyncIterable<ServerSentEvent>,
  signal: AbortSignal | undefined,
): AsyncGenerator<JobEvent, void, undefined> {
  try {
    for await (const { type, data, id } of events) yield jobEvent(type, data, id);
  } catch {
    signal?.throwIfAborted();
  }
}

/** Reads a document, and says where it came from when that fails. */
export async function readAnswer<Value>(
  { response, url }: { readonly response: Response; readonly url: string },
  read: (document: string, url: string) => Value,
): Promise<Value> {
  const { status } = response;
  const method = "GET";
  const body = await response.text().catch((cause: unknown) => {
    // As good as no answer: the connection broke in the middle of it.
    throw new UwsClientError(`${url}: the answer broke off: ${messageOf(cause)}`, { method, url, cause });
  });
  try {
    return read(body, url);
  } catch (cause) {
    throw new UwsClientError(`${url}: not a UWS document: ${messageOf(cause)}`, { method, url, status, body, cause });
  }
}
