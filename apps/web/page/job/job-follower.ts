import { hasEnded, type JobHandle, type RemoteJob, type RemoteProgress, UwsClientError } from "@uws/client";
import { emptyLog, type Log, type LogLine, readLogLine, withLines } from "./log-lines.ts";

/** All that is known of a job at a moment. */
export interface JobView {
  readonly job: RemoteJob | undefined;
  readonly log: Log;
  /** "lost": the stream of events has broken and is opened again; "ended": the job has, and nothing more comes. */
  readonly connection: "opening" | "open" | "lost" | "ended" | "gone";
  /** Why the job cannot be shown. */
  readonly error: unknown;
}

export const unknownJob: JobView = { job: undefined, log: emptyLog, connection: "opening", error: undefined };

/** Milliseconds between two changes of what is shown, at least: a worker may say more than anybody can read. */
const pace = 100;
/** Milliseconds between two requests for the whole job, at least. */
const lookPace = 500;

/**
 * Follows a job: the job itself, then its events, until it has ended. It can be stopped and started again, and goes on where it
 * was; a stream that breaks is opened again, for as long as it takes.
 */
export class JobFollower {
  #view: JobView = unknownJob;
  readonly #handle: JobHandle;
  readonly #show: (view: JobView) => void;
  #lastEventId: string | undefined;
  #lines: LogLine[] = [];
  #progress: RemoteProgress | undefined;
  #showing: ReturnType<typeof setTimeout> | undefined;
  #looking: ReturnType<typeof setTimeout> | undefined;
  #leaving: AbortController | undefined;

  /** @param show is given the view whenever it has changed, some times a second at most */
  constructor(handle: JobHandle, show: (view: JobView) => void) {
    this.#handle = handle;
    this.#show = show;
  }

  start(): void {
    if (this.#leaving !== undefined) return;
    const leaving = new AbortController();
    this.#leaving = leaving;
    void this.#follow(leaving.signal);
  }

  stop(): void {
    this.#leaving?.abort();
    this.#leaving = undefined;
    clearTimeout(this.#showing);
    clearTimeout(this.#looking);
    this.#showing = undefined;
    this.#looking = undefined;
  }

  /** Looks at the job now, after something was done to it, and follows it further if it has not ended. */
  again(): void {
    this.stop();
    this.start();
  }

  async #follow(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; failures += 1) {
      try {
        await this.#look(signal);
        const { job } = this.#view;
        if (job !== undefined && !hasEnded(job)) await this.#listen(signal);
        else await this.#readLog(signal);
        await this.#look(signal);
        if (this.#view.job !== undefined && hasEnded(this.#view.job)) return this.#change({ connection: "ended" });
        // A job whose stream ended, and which has not: something has brought it back (RUN after HELD), or the server stops.
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        if (!mayPass(error)) return this.#fail(error);
        this.#change({ connection: "lost" });
      }
      await pause(Math.min(10_000, 500 * 2 ** Math.min(failures, 5)), signal);
    }
  }

  /** The events of a job that has not ended. */
  async #listen(signal: AbortSignal): Promise<void> {
    const onConnection = (state: "open" | "lost") => {
      if (!signal.aborted) this.#change({ connection: state });
    };
    const events = this.#handle.events({ signal, onConnection, lastEventId: this.#lastEventId });
    for await (const event of events) {
      this.#lastEventId = event.id ?? this.#lastEventId;
      if (event.type === "progress") this.#tellProgress(event);
      else if (event.type === "phase") this.#lookSoon(signal);
      else if (event.name === "log") this.#tellLine(event.data);
      else if (event.name === "result") this.#lookSoon(signal);
    }
  }

  /** The log of a job that has ended: the stream tells it, and ends. */
  async #readLog(signal: AbortSignal): Promise<void> {
    for await (const event of this.#handle.events({ signal, lastEventId: this.#lastEventId })) {
      this.#lastEventId = event.id ?? this.#lastEventId;
      if (event.type === "other" && event.name === "log") this.#tellLine(event.data);
    }
  }

  async #look(signal: AbortSignal): Promise<void> {
    const job = await this.#handle.get({ signal });
    if (signal.aborted) return;
    this.#progress = undefined;
    this.#change({ job, error: undefined });
  }

  /** Results may come by the thousand. */
  #lookSoon(signal: AbortSignal): void {
    this.#looking ??= setTimeout(() => {
      this.#looking = undefined;
      // What it fails of, the stream fails of, or the next look.
      this.#look(signal).catch(() => {});
    }, lookPace);
  }

  #tellProgress({ fraction, message, counters }: RemoteProgress): void {
    this.#progress = { fraction, message, counters: counters ?? this.#view.job?.progress?.counters };
    this.#showSoon();
  }

  #tellLine(data: unknown): void {
    const line = readLogLine(data);
    if (line === undefined) return;
    this.#lines.push(line);
    this.#showSoon();
  }

  #fail(error: unknown): void {
    const gone = error instanceof UwsClientError && error.status === 404 && this.#view.job !== undefined;
    this.#change(gone ? { connection: "gone" } : { error });
  }

  #change(change: Partial<JobView>): void {
    this.#view = { ...this.#view, ...change };
    this.#showSoon();
  }

  #showSoon(): void {
    this.#showing ??= setTimeout(() => {
      this.#showing = undefined;
      const { job, log } = this.#view;
      const lines = this.#lines;
      this.#lines = [];
      const progress = this.#progress;
      this.#view = {
        ...this.#view,
        ...(lines.length > 0 ? { log: withLines(log, lines) } : {}),
        ...(job !== undefined && progress !== undefined ? { job: { ...job, progress } } : {}),
      };
      this.#show(this.#view);
    }, pace);
  }
}

/** Whether it may be better later: no answer, "not now", or one that broke off. */
function mayPass(error: unknown): boolean {
  return error instanceof UwsClientError ? error.transient || (error.status ?? 0) >= 500 : true;
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
