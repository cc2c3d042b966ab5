import { inspect } from "node:util";
import type { Assign__Output, Cancel__Output, WorkerMessage } from "@uws/protocol";
import type { Connection } from "./connection.ts";
import type { JobHandler } from "./job.ts";
import { AttemptContext } from "./job-context.ts";
import { JobFailure } from "./job-failure.ts";
import { type InterruptionCode, JobInterrupted } from "./job-interrupted.ts";
import { JobReleased } from "./job-released.ts";
import { Outbox, type Send } from "./outbox.ts";
import type { SessionLimits } from "./session-limits.ts";

/** What an attempt needs of the session that holds it. */
export interface AttemptHost {
  readonly connection: Connection;
  readonly limits: () => SessionLimits;
}

const maxFailureMessage = 4 * 1024;
const maxFailureDetail = 256 * 1024;

const cancelCodes: Record<Cancel__Output["reason"], InterruptionCode> = {
  REASON_UNSPECIFIED: "aborted",
  ABORTED: "aborted",
  TIMED_OUT: "timed-out",
  DESTROYED: "destroyed",
};

/**
 * One attempt of one job, held from Assign until the server has answered its end.
 *
 *  assigned    Accept is on its way
 *              → running      it has gone out, or a Welcome says that the token is valid: the handler begins. Not before:
 *                             a job that kills its process at once must cost an attempt, or it would come back for ever
 *  running     the handler works
 *              → cancelling   Cancel
 *              → ending       the handler settled: Complete, Fail or Release
 *              → ending       the worker stops and gives the job back: Release (from assigned, too)
 *  cancelling  the signal is aborted, the handler may tidy up
 *              → ending       the handler settled in whatever way, or the grace passed: Cancelled
 *  ending      the last message is sent, on each new stream again
 *              → over         Ended
 *  any         → over         Fenced, or a new stream's Welcome says that the token is not valid: nothing more is sent
 *
 * Beside the phase, the attempt is attached to a stream or not. It is detached when the stream breaks, and also when the
 * lease ran out with no word from the server: then the signal is aborted, because the job may be running elsewhere, and
 * nothing is sent unless a Welcome says that the token is still valid. In that case a handler that gave up is no
 * failure of the job's, and the job is given back.
 *
 * A handler cannot be killed. Once its attempt is ending or over, what it still says is not heard.
 */
export class Attempt {
  readonly token: string;
  readonly jobId: string;
  /** 0 = the session's. */
  readonly leaseMs: number;
  readonly #assign: Assign__Output;
  readonly #outbox: Outbox;
  readonly #controller = new AbortController();
  readonly #handler: JobHandler;
  readonly #host: AttemptHost;
  #phase: "assigned" | "running" | "cancelling" | "ending" | "over" = "assigned";
  #grace: ReturnType<typeof setTimeout> | undefined;
  #leaseLost = false;

  constructor(assign: Assign__Output, handler: JobHandler, host: AttemptHost) {
    this.token = assign.attemptToken;
    this.jobId = assign.jobId;
    this.leaseMs = assign.leaseMs;
    this.#assign = assign;
    this.#handler = handler;
    this.#host = host;
    this.#outbox = new Outbox(assign.attemptToken);
  }

  /** The last sequence number that the server acknowledged. */
  get acknowledged(): number {
    return this.#outbox.acknowledged;
  }

  /** The lease ran out while the server was away; nothing is known until the next Welcome. */
  get leaseLost(): boolean {
    return this.#leaseLost;
  }

  /** The job is accepted: runs the handler, once. Whatever it does ends up as the attempt's last message. */
  async begin(): Promise<void> {
    if (this.#phase !== "assigned") return;
    this.#phase = "running";
    const context = new AttemptContext(this.#assign, {
      signal: this.#controller.signal,
      outbox: this.#outbox,
      connection: this.#host.connection,
      limits: this.#host.limits,
    });
    try {
      await this.#handler(context);
      await context.settleResults();
      this.#settle((lastSequence) => ({ complete: { attemptToken: this.token, lastSequence } }));
    } catch (error) {
      this.#settle(this.#endAfter(error));
    }
  }

  /** There is a stream on which the token is valid. */
  attach(send: Send, acknowledged: number): void {
    if (this.#phase === "over") return;
    this.#leaseLost = false;
    this.#outbox.attach(send, acknowledged);
  }

  detach(): void {
    this.#outbox.detach();
  }

  acknowledge(sequence: number): void {
    this.#outbox.acknowledge(sequence);
  }

  cancel(reason: Cancel__Output["reason"], graceMs: number): void {
    if (this.#phase !== "running" && this.#phase !== "assigned") return;
    const begun = this.#phase === "running";
    this.#phase = "cancelling";
    this.interrupt(cancelCodes[reason]);
    if (begun) {
      this.#grace = setTimeout(() => this.#settle(undefined), graceMs);
      this.#grace.unref();
    } else this.#settle(undefined);
  }

  /** Asks the handler to end, for the worker's own reasons. */
  interrupt(code: InterruptionCode): void {
    if (!this.#controller.signal.aborted) this.#controller.abort(new JobInterrupted(code));
  }

  /** Nothing was heard of the server for the length of the lease. */
  loseLease(): void {
    this.#leaseLost = true;
    this.#outbox.detach();
    this.interrupt("lease-lost");
  }

  /** Gives the job back without waiting any longer for its handler. */
  giveBack(reason: string): void {
    this.#settle(() => ({ release: { attemptToken: this.token, reason } }));
  }

  /** The token is not valid any more: stop, and say nothing. */
  fence(): void {
    this.#over();
    this.interrupt("fenced");
  }

  /** The server has answered the end. */
  ended(): void {
    this.#over();
  }

  #over(): void {
    this.#phase = "over";
    clearTimeout(this.#grace);
    this.#outbox.close();
  }

  #settle(end: ((lastSequence: number) => WorkerMessage) | undefined): void {
    if (this.#phase === "ending" || this.#phase === "over") return;
    const cancelled = this.#phase === "cancelling" || end === undefined;
    this.#phase = "ending";
    clearTimeout(this.#grace);
    this.#outbox.finish(cancelled ? () => ({ cancelled: { attemptToken: this.token } }) : end);
  }

  #endAfter(error: unknown): (lastSequence: number) => WorkerMessage {
    const attemptToken = this.token;
    if (error instanceof JobReleased) {
      const { message: reason, checkpoint } = error;
      return () => ({ release: { attemptToken, reason, ...(checkpoint && { checkpoint }) } });
    }
    // Not the job's doing: a handler that was told to stop says so in many ways, AbortErrors and others.
    if (this.#controller.signal.aborted) {
      const { message: reason } = this.#controller.signal.reason as JobInterrupted;
      return () => ({ release: { attemptToken, reason } });
    }
    const failure = asFailure(error);
    return (lastSequence) => ({
      fail: {
        attemptToken,
        kind: failure.kind === "fatal" ? "FATAL" : "TRANSIENT",
        message: failure.message.slice(0, maxFailureMessage),
        detail: (failure.detail ?? (failure.cause === undefined ? "" : inspect(failure.cause))).slice(
          0,
          maxFailureDetail,
        ),
        retryable: failure.retryable,
        retryDelayMs: Math.max(0, Math.round(failure.retryDelayMs)),
        lastSequence,
      },
    });
  }
}

function asFailure(error: unknown): JobFailure {
  if (error instanceof JobFailure) return error;
  if (error instanceof Error)
    return new JobFailure(error.message || error.name, { detail: error.stack ?? inspect(error) });
  return new JobFailure(String(error), { detail: inspect(error) });
}
