import { checkReference, checkResult, limits, type Progress, storable, UwsError } from "@uws/core";
import type { Complete__Output, Event__Output, Fail__Output, Release__Output } from "@uws/protocol";
import type { AttemptEvents, AttemptRef, LogLine } from "@uws/store";
import type { Logger } from "pino";
import type { AttemptWriter } from "./attempt-writer.ts";
import type { ResultStore } from "./result-store.ts";

/** What a worker reports of an attempt. */
export type Report =
  | { readonly kind: "accept" }
  | { readonly kind: "event"; readonly event: Event__Output }
  | { readonly kind: "complete"; readonly complete: Complete__Output }
  | { readonly kind: "fail"; readonly fail: Fail__Output }
  | { readonly kind: "release"; readonly release: Release__Output };

/** What the session hears of its attempts. */
export interface AttemptListener {
  /** Everything up to the sequence number is stored. */
  acknowledged(token: string, sequence: number): void;
  /** The report that ends the attempt is stored. */
  ended(token: string): void;
  /** The attempt no longer holds its job. */
  fenced(token: string): void;
  /** The worker broke the protocol; the stream cannot go on. */
  broken(reason: string): void;
}

/** Reports that wait to be stored before the stream of a worker is paused. */
const maxWaiting = 1000;

/**
 * One attempt that a worker of this gateway holds: its reports are stored one after the other, in the order in which
 * they came, those of other attempts beside it.
 *
 * ```
 *   assigned ──accept stored──► running ──complete, fail, release stored──► over
 *       └───────────────fenced───────┴──────────────────────────────────────► over
 * ```
 *
 * While PostgreSQL is away, the reports wait here and are tried again until the attempt is closed: the worker sends
 * them anew over its next stream.
 */
export class HeldAttempt {
  readonly ref: AttemptRef;
  readonly #writer: AttemptWriter;
  readonly #results: ResultStore;
  readonly #listener: AttemptListener;
  readonly #log: Logger;
  readonly #waiting: Report[] = [];
  #sequence: number;
  #working = false;
  #over = false;
  #accepted: boolean;

  /** @param sequence the sequence number of the last event that is stored; undefined when it is not accepted yet */
  constructor(
    ref: AttemptRef,
    sequence: number | undefined,
    writer: AttemptWriter,
    results: ResultStore,
    listener: AttemptListener,
    log: Logger,
  ) {
    this.ref = ref;
    this.#sequence = sequence ?? 0;
    this.#accepted = sequence !== undefined;
    this.#writer = writer;
    this.#results = results;
    this.#listener = listener;
    this.#log = log;
  }

  /** The worker's accept is stored: from now on the job runs, and a heartbeat that finds it not running is news. */
  get accepted(): boolean {
    return this.#accepted;
  }

  /** Nothing more is stored for it here. */
  get over(): boolean {
    return this.#over;
  }

  /** Too much waits: the worker should not send more for now. */
  get crowded(): boolean {
    return this.#waiting.length > maxWaiting;
  }

  /** Takes a report; it is stored in its turn. */
  report(report: Report): void {
    if (this.#over) return;
    this.#waiting.push(report);
    if (!this.#working) void this.#work();
  }

  /** The stream has ended, or the job is no longer the worker's: nothing more is stored for it here. */
  close(): void {
    this.#over = true;
    this.#waiting.length = 0;
  }

  async #work(): Promise<void> {
    this.#working = true;
    for (let failures = 0; this.#waiting.length > 0 && !this.#over; ) {
      const reports = this.#next();
      try {
        await this.#store(reports);
        this.#waiting.splice(0, reports.length);
        failures = 0;
        // Not before there is room: a session that is told looks whether its worker may send again.
        if (reports[0]?.kind === "event" && !this.#over) {
          this.#listener.acknowledged(this.ref.token, this.#sequence);
        }
      } catch (error) {
        if (this.#over) break;
        if (error instanceof UwsError) {
          await this.#refused(error);
          break;
        }
        failures += 1;
        this.#log.warn({ err: error, job: this.ref.job, failures }, "a report could not be stored; it is tried again");
        await new Promise((resolve) => setTimeout(resolve, Math.min(100 * 2 ** failures, 2000)));
      }
    }
    this.#working = false;
  }

  /** The reports at the head of the line that can be stored in one go: events, up to a result; else a single one. */
  #next(): Report[] {
    const count = this.#waiting.findIndex((report) => report.kind !== "event" || report.event.event === "result");
    const events = count === -1 ? this.#waiting.length : count;
    return this.#waiting.slice(0, Math.max(events, 1));
  }

  async #store(reports: readonly Report[]): Promise<void> {
    const [first] = reports;
    switch (first?.kind) {
      case undefined:
        return;
      case "accept":
        if (await this.#writer.accept(this.ref)) this.#accepted = true;
        else this.#fence();
        return;
      case "event":
        return first.event.event === "result"
          ? await this.#storeResult(first.event)
          : await this.#storeEvents(reports.flatMap((report) => (report.kind === "event" ? [report.event] : [])));
      case "complete":
        if (!this.#whole(first.complete.lastSequence)) return;
        return this.#end(await this.#writer.complete(this.ref));
      case "fail":
        if (!this.#whole(first.fail.lastSequence)) return;
        return this.#end(await this.#writer.fail(failureOf(this.ref, first.fail)));
      case "release":
        return this.#end(
          await this.#writer.release({
            ...this.ref,
            reason: storable(first.release.reason),
            checkpoint: first.release.checkpoint === undefined ? null : base64(first.release.checkpoint),
          }),
        );
    }
  }

  async #storeEvents(events: readonly Event__Output[]): Promise<void> {
    const news = events.filter(({ sequence }) => sequence > this.#sequence);
    const last = news.at(-1);
    if (last === undefined || !this.#inOrder(news)) return;
    if (!(await this.#writer.record(merge(this.ref, last.sequence, news)))) return this.#fence();
    this.#sequence = last.sequence;
  }

  async #storeResult(event: Event__Output): Promise<void> {
    const { sequence, result } = event;
    if (sequence > this.#sequence && result) {
      if (!this.#inOrder([event])) return;
      const checked = checkResult(result.id, result.mediaType);
      if (result.content === "reference") {
        await this.#results.refer(this.ref, checked, checkReference(result.reference ?? ""), result.size, sequence);
      } else {
        const bytes = result.inline ?? Buffer.alloc(0);
        if (bytes.length > limits.inlineResultBytes) {
          throw new UwsError(
            "too_large",
            `Result ${checked.id} is too large for the control stream: use UploadResult.`,
          );
        }
        await this.#results.store(this.ref, checked, once(bytes), sequence);
      }
      this.#sequence = sequence;
    }
  }

  /** Whether all events came that the worker sent: its last word stands for them, too. */
  #whole(lastSequence: number): boolean {
    const whole = lastSequence <= this.#sequence;
    if (!whole) {
      this.close();
      this.#listener.broken(
        `Events of ${this.ref.job} are missing: ${lastSequence} were sent, ${this.#sequence} came.`,
      );
    }
    return whole;
  }

  #inOrder(events: readonly Event__Output[]): boolean {
    const expected = events.every(({ sequence }, index) => sequence === this.#sequence + 1 + index);
    if (!expected) {
      this.close();
      this.#listener.broken(`Events of ${this.ref.job} have a gap after sequence number ${this.#sequence}.`);
    }
    return expected;
  }

  #end(held: boolean): void {
    this.close();
    if (held) this.#listener.ended(this.ref.token);
    else this.#listener.fenced(this.ref.token);
  }

  #fence(): void {
    this.close();
    this.#listener.fenced(this.ref.token);
  }

  /** A report cannot be stored as it is: fenced, or the worker's mistake, which ends the job. */
  async #refused(error: UwsError): Promise<void> {
    if (error.code !== "fenced") {
      const failure = { type: "fatal", message: error.message, detail: "", retryable: false, retryDelay: 0 } as const;
      await this.#writer.fail({ ...this.ref, ...failure }).catch(() => false);
    }
    this.#fence();
  }
}

function failureOf(ref: AttemptRef, fail: Fail__Output) {
  return {
    ...ref,
    type: fail.kind === "TRANSIENT" ? ("transient" as const) : ("fatal" as const),
    message: storable(fail.message === "" ? "The job failed." : fail.message),
    detail: storable(fail.detail, limits.detailLength),
    retryable: fail.retryable,
    retryDelay: Math.min(fail.retryDelayMs, 86_400_000),
  };
}

function merge(ref: AttemptRef, sequence: number, events: readonly Event__Output[]): AttemptEvents {
  let progress: Progress | null = null;
  let checkpoint: string | null = null;
  const log: LogLine[] = [];
  for (const event of events) {
    if (event.progress) {
      const { fraction, message, counters } = event.progress;
      progress = {
        fraction: Number.isFinite(fraction) ? Math.min(Math.max(fraction, 0), 1) : 0,
        message: storable(message),
        counters: Object.fromEntries(
          Object.entries(counters)
            .filter(([, count]) => Number.isFinite(count))
            .slice(0, 100)
            .map(([name, count]) => [storable(name, 100), count]),
        ),
      };
    } else if (event.log) {
      const level = levels[event.log.level] ?? "info";
      log.push({ sequence: event.sequence, level, message: storable(event.log.message) });
    } else if (event.checkpoint) {
      const { state } = event.checkpoint;
      if (state.length > limits.checkpointBytes) {
        throw new UwsError("too_large", `A checkpoint has at most ${limits.checkpointBytes} bytes.`);
      }
      checkpoint = base64(state);
    }
  }
  return { ...ref, sequence, progress, log, checkpoint };
}

const levels: Readonly<Record<string, LogLine["level"]>> = {
  DEBUG: "debug",
  INFO: "info",
  WARN: "warn",
  ERROR: "error",
};

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
