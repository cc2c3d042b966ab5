import { childUrl } from "./child-url.ts";
import { delay } from "./delay.ts";
import { UwsClientError } from "./errors.ts";
import { readAnswer, type Signalled } from "./job-handle.ts";
import { eventsIn, type JobFailure, type JobUpdate, updateJson } from "./job-update.ts";
import { readParameterJson } from "./read-job-json.ts";
import { isObject, type JsonObject, numberIn, objectIn, objectsIn, parseJson, textIn } from "./read-json.ts";
import { isRemotePhase, type RemoteParameter, type RemotePhase } from "./remote-job.ts";
import type { Transport } from "./transport.ts";
import { untilAnswered } from "./until-answered.ts";
import { DeadlineError, withDeadline } from "./with-deadline.ts";

interface Claim {
  /** Where it was claimed. */
  readonly url: string;
  readonly lease: number;
  readonly heartbeat: number;
  readonly transport: Transport;
}

/** What came of a report. */
export interface Reported {
  /** In which the job is now. */
  readonly phase: RemotePhase;
}

/**
 * A job that a worker without gRPC has claimed (ours): it is EXECUTING, and the worker's for as long as reports come. Reports are
 * sent one after the other. One whose answer is lost is sent again, and nothing of it is stored twice: events are numbered.
 *
 * ```
 *   claimed ──report, heartbeat──► claimed ──complete, fail, release──► ended
 *      └──── a report is answered by 409 `fenced` or 404: aborted, timed out, or another worker's ────► lost
 * ```
 *
 * Whoever is told that the job is lost stops. A last word whose answer was lost is answered so, too, when it is sent again: the job
 * says then how it ended.
 */
export class ClaimedJob {
  readonly jobId: string;
  /** Absolute URL of the job. */
  readonly url: string;
  readonly type: string;
  readonly typeVersion: string | undefined;
  /** From 1 on. */
  readonly attempt: number;
  readonly runId: string | undefined;
  readonly ownerId: string | undefined;
  /** Seconds that it may run; 0 = unlimited. */
  readonly executionDuration: number;
  readonly parameters: readonly RemoteParameter[];
  /** What an earlier attempt has left, to go on from there. */
  readonly checkpoint: Uint8Array | undefined;
  /** W3C Trace Context, as the client that created the job sent it. */
  readonly traceContext: Readonly<Record<string, string>>;
  /** Seconds for which the job is the worker's without a report. */
  readonly lease: number;
  /** Seconds after which the next report should come, at the latest. */
  readonly heartbeat: number;

  readonly #token: string;
  readonly #transport: Transport;
  /** Number of the last event that is stored; undefined = an answer was lost, so nobody here knows. */
  #stored: number | undefined = 0;
  #turn: Promise<unknown> = Promise.resolve();

  /** @throws Error when it is no job as a claim gives it */
  constructor(job: JsonObject, { url, lease, heartbeat, transport }: Claim) {
    const jobId = textIn(job, "jobId");
    const href = textIn(job, "href");
    const token = textIn(job, "token");
    if (jobId === undefined || href === undefined || token === undefined) throw new Error("a job without id or token");
    this.jobId = jobId;
    this.url = new URL(href, url).href;
    this.type = textIn(job, "type") ?? "";
    this.typeVersion = textIn(job, "typeVersion");
    this.attempt = numberIn(job, "attempt") ?? 1;
    this.runId = textIn(job, "runId");
    this.ownerId = textIn(job, "ownerId");
    this.executionDuration = numberIn(job, "executionDuration") ?? 0;
    this.parameters = objectsIn(job, "parameters").map(readParameterJson);
    const checkpoint = textIn(job, "checkpoint");
    this.checkpoint = checkpoint === undefined ? undefined : Uint8Array.from(atob(checkpoint), (c) => c.charCodeAt(0));
    const context = Object.entries(objectIn(job, "traceContext") ?? {});
    this.traceContext = Object.fromEntries(context.flatMap(([name, value]) => [[name, String(value)]]));
    this.lease = lease;
    this.heartbeat = heartbeat;
    this.#token = token;
    this.#transport = transport;
  }

  /**
   * Reports what has happened, and renews the lease; an empty report does only that.
   * @throws UwsClientError with the code `fenced`, or status 404, when the job is no longer the worker's
   */
  report(update: JobUpdate = {}, { signal }: Signalled = {}): Promise<Reported> {
    const mine = this.#turn.then(() => this.#report(update, signal));
    this.#turn = mine.catch(() => {});
    return mine;
  }

  /** The job is done. What is given with it is stored before. */
  complete(last: Omit<JobUpdate, "end"> = {}, options: Signalled = {}): Promise<Reported> {
    return this.report({ ...last, end: { phase: "COMPLETED" } }, options);
  }

  /** The job has failed; it is run again only if that is said to be of use, and attempts remain. */
  fail(error: JobFailure, options: Signalled = {}): Promise<Reported> {
    return this.report({ end: { phase: "ERROR", error } }, options);
  }

  /** Gives the job back, and spends no attempt: SUSPENDED where there is a checkpoint, sent now or before, else QUEUED. */
  release(reason = "", last: Pick<JobUpdate, "checkpoint"> = {}, options: Signalled = {}): Promise<Reported> {
    return this.report({ ...last, end: { phase: "RELEASED", reason } }, options);
  }

  /** An uploaded parameter's bytes, read with the job's own token. */
  async parameter(name: string, { signal }: Signalled = {}): Promise<Response> {
    const known = this.parameters.find((parameter) => parameter.name === name && parameter.byReference);
    const url = known?.value ?? childUrl(this.url, "parameters", name);
    const { response } = await this.#transport.send(url, { accept: "*/*", headers: this.#authorization(url), signal });
    return response;
  }

  /**
   * Does work that takes longer than the lease: reports by heartbeats until it has ended.
   * @param work is given a signal that stops it when the job is no longer the worker's; its reason is the UwsClientError
   * @throws that UwsClientError, or whatever the work throws
   */
  async keep<Value>(work: (signal: AbortSignal) => Promise<Value>, { signal }: Signalled = {}): Promise<Value> {
    const lost = new AbortController();
    const done = new AbortController();
    const beating = this.#beat(lost, signal === undefined ? done.signal : AbortSignal.any([done.signal, signal]));
    try {
      const value = await work(signal === undefined ? lost.signal : AbortSignal.any([lost.signal, signal]));
      lost.signal.throwIfAborted();
      return value;
    } catch (error) {
      // Work that stops may say so in words of its own.
      lost.signal.throwIfAborted();
      throw error;
    } finally {
      done.abort();
      await beating;
    }
  }

  async #beat(lost: AbortController, done: AbortSignal): Promise<void> {
    while (!done.aborted) {
      try {
        await delay(this.heartbeat * 1000, done);
        await this.report({}, { signal: done });
      } catch (error) {
        if (done.aborted) return;
        // A server that is away for a while is no reason to stop: the lease may hold.
        if (error instanceof UwsClientError && error.transient) continue;
        return lost.abort(error);
      }
    }
  }

  async #report(update: JobUpdate, signal: AbortSignal | undefined): Promise<Reported> {
    const json = updateJson(update);
    if (eventsIn(update) === 0) return { phase: (await this.#patch(json, signal)).phase };
    const first = (this.#stored ?? (await this.#patch({}, signal)).sequence) + 1;
    this.#stored = undefined;
    const { phase, sequence } = await this.#patch({ sequence: first, ...json }, signal);
    this.#stored = sequence;
    return { phase };
  }

  async #patch(json: object, signal: AbortSignal | undefined) {
    const { url } = this;
    const request = { method: "PATCH", accept: "application/json", headers: this.#authorization(url) } as const;
    const send = async (either: AbortSignal) =>
      readAnswer(await this.#transport.send(url, { ...request, body: { json }, signal: either }), readReported);
    try {
      // After the lease it is another's to say who has the job.
      return await withDeadline(this.lease * 1000, signal, (either) => untilAnswered(() => send(either), either));
    } catch (cause) {
      if (!(cause instanceof DeadlineError)) throw cause;
      throw new UwsClientError(`PATCH ${url}: ${cause.message}`, { method: "PATCH", url, cause });
    }
  }

  /** The token is for the server that gave it. */
  #authorization(url: string): Readonly<Record<string, string>> {
    return new URL(url).origin === new URL(this.url).origin ? { authorization: `Bearer ${this.#token}` } : {};
  }
}

function readReported(document: string) {
  const answer = parseJson(document);
  const phase = isObject(answer) ? textIn(answer, "phase") : undefined;
  const sequence = isObject(answer) ? numberIn(answer, "sequence") : undefined;
  if (phase === undefined || !isRemotePhase(phase) || sequence === undefined) throw new Error("no answer to a report");
  return { phase, sequence };
}
