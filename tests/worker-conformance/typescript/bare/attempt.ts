import { runSteps, type StepJob } from "../steps.ts";
import { download, type Message, upload } from "./gateway.ts";

/** What the attempt needs of the session. */
export interface Session {
  /** Does nothing while there is no stream. */
  send(message: Message): void;
  /** The last Welcome. */
  readonly limits: Message;
}

/** One attempt of a job: runs its steps; keeps its events until they are acknowledged, and its end until that is answered. */
export class Attempt {
  /** The server has every event up to this one. */
  acknowledged = 0;
  readonly #assign: Message;
  readonly #session: Session;
  readonly #abort = new AbortController();
  #events: Message[] = [];
  #sequence = 0;
  #fraction = 0;
  #checkpoint: Uint8Array | undefined;
  #cancelled = false;
  /** Complete, Fail, Cancelled or Release; an empty message when nothing more may be said. */
  #end: Message;

  constructor(assign: Message, session: Session) {
    this.#assign = assign;
    this.#session = session;
  }

  async run(): Promise<void> {
    const { attemptToken } = this.#assign;
    try {
      await runSteps(this.#job());
      this.#endWith({ complete: { attemptToken, lastSequence: this.#sequence } });
    } catch (error) {
      if (error instanceof Ending) this.#endWith(error.end);
      else if (this.#abort.signal.aborted)
        this.#endWith({ release: { attemptToken, reason: this.#abort.signal.reason } });
      else this.#endWith(this.#failure("FATAL", (error as Error).message, { detail: (error as Error).stack }));
    }
  }

  /** There is a new stream, and the server has everything up to a number. */
  resend(acknowledged: number): void {
    this.acknowledge(acknowledged);
    for (const event of this.#events) this.#session.send({ event });
    if (this.#end) this.#session.send(this.#end);
  }

  acknowledge(sequence: number): void {
    this.acknowledged = Math.max(this.acknowledged, sequence);
    this.#events = this.#events.filter((event) => event.sequence > sequence);
  }

  /** Asks the job to end. */
  interrupt(reason: string): void {
    this.#abort.abort(reason);
  }

  /** Whoever does not listen is not waited for. */
  cancel(reason: string, graceMs: number): void {
    this.#cancelled = true;
    this.interrupt(reason);
    setTimeout(() => this.#endWith({}), graceMs);
  }

  /** Another attempt may be running: nothing more is said. */
  fence(): void {
    this.#end = {};
    this.interrupt("fenced");
  }

  /** The last message, once. The answer to Cancel is Cancelled, whatever the job did. */
  #endWith(message: Message): void {
    if (this.#end) return;
    this.#end = this.#cancelled ? { cancelled: { attemptToken: this.#assign.attemptToken } } : message;
    this.#session.send(this.#end);
  }

  #event(content: Message): void {
    if (this.#end) return;
    const event = { attemptToken: this.#assign.attemptToken, sequence: ++this.#sequence, ...content };
    this.#events.push(event);
    this.#session.send({ event });
  }

  #failure(kind: string, message: string, more: Message): Message {
    return { fail: { attemptToken: this.#assign.attemptToken, kind, message, lastSequence: this.#sequence, ...more } };
  }

  async #result(id: string, mediaType: string, data: Uint8Array): Promise<void> {
    const { maxInlineResultBytes, maxResultBytes } = this.#session.limits;
    if (data.length <= maxInlineResultBytes) return this.#event({ result: { id, mediaType, inline: data } });
    if (maxResultBytes > 0 && data.length > maxResultBytes) throw new Error(`the result ${id} is too long`);
    await upload({ attemptToken: this.#assign.attemptToken, id, mediaType }, data, this.#abort.signal);
  }

  /** The job as its steps see it. */
  #job(): StepJob {
    const { attemptToken, jobId, jobType, jobTypeVersion: version, attempt, ...assign } = this.#assign;
    const { signal } = this.#abort;
    const traceparent = assign.traceContext.traceparent ?? null;
    const timeAllowedMs = assign.timeAllowedMs || null;
    return {
      parameters: assign.parameters.map(({ name, value, uploaded }: Message) => {
        if (!uploaded) return { name, value };
        const bytes = () => download({ attemptToken, name }, signal);
        return { name, file: { mediaType: uploaded.mediaType, bytes } };
      }),
      facts: {
        ...{ jobId, runId: assign.runId || null, owner: assign.owner || null, jobType, version, attempt },
        ...{ timeAllowedMs, traceparent },
      },
      checkpoint: assign.checkpoint,
      signal,
      reason: () => signal.reason,
      hasOwnThread: false,
      progress: (fraction, message) => {
        this.#fraction = Math.max(this.#fraction, fraction);
        this.#event({ progress: { fraction: this.#fraction, message } });
      },
      log: (level, message) => this.#event({ log: { level: level.toUpperCase(), message } }),
      result: (id, mediaType, data) => this.#result(id, mediaType, data),
      reference: async (id, reference) => this.#event({ result: { id, mediaType: "text/plain", reference } }),
      saveCheckpoint: (state) => {
        this.#checkpoint = state;
        this.#event({ checkpoint: { state } });
      },
      fail: (kind, message, retryDelayMs) => {
        const retry = retryDelayMs === undefined ? {} : { retryable: true, retryDelayMs };
        throw new Ending(this.#failure(kind.toUpperCase(), message, retry));
      },
      release: (reason) => {
        throw new Ending({ release: { attemptToken, reason, checkpoint: this.#checkpoint } });
      },
    };
  }
}

/** Thrown by a step that ends its job. */
class Ending extends Error {
  readonly end: Message;

  constructor(end: Message) {
    super();
    this.end = end;
  }
}
