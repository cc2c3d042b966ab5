import type { Assign__Output, Cancel__Output, WorkerMessage } from "@uws/protocol";
import type { Connection } from "./connection.ts";
import { failureOf, isJobReleased } from "./failure-of.ts";
import { detailOf } from "./job-failure.ts";
import { type InterruptionCode, JobInterrupted } from "./job-interrupted.ts";
import type { JobRunner, Run } from "./job-runner.ts";
import { Outbox, type Send } from "./outbox.ts";
import { maxPayload, type SessionLimits } from "./session-limits.ts";
import { shortened } from "./shortened.ts";

/** What an attempt needs of the session that holds it. */
export interface AttemptHost {
  readonly connection: Connection;
  readonly limits: () => SessionLimits;
}

/** Bytes. What stands beside a reason or message, a checkpoint or a detail, may be as long as a message allows. */
const maxReason = 1024;
const maxFailureMessage = 4 * 1024;
const maxFailureDetail = 256 * 1024;

/** For a process to end by itself when the server has said nothing of a grace: fenced, lease lost, draining. */
const killGraceMs = 5_000;

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
 * A handler in this process cannot be killed. Once its attempt is ending or over, what it still says is not heard. One in
 * a process of its own is killed when its signal is aborted and the grace has passed, and the attempt says that it has ended
 * when that process is gone: no slot is free, and no job given back, while something of it still runs.
 */
export class Attempt {
  readonly token: string;
  readonly jobId: string;
  /** 0 = the session's. */
  readonly leaseMs: number;
  readonly #assign: Assign__Output;
  readonly #outbox: Outbox;
  readonly #controller = new AbortController();
  readonly #runner: JobRunner;
  readonly #host: AttemptHost;
  #phase: "assigned" | "running" | "cancelling" | "ending" | "over" = "assigned";
  #run: Run | undefined;
  #grace: ReturnType<typeof setTimeout> | undefined;
  #leaseLost = false;

  constructor(assign: Assign__Output, runner: JobRunner, host: AttemptHost) {
    this.token = assign.attemptToken;
    this.jobId = assign.jobId;
    this.leaseMs = assign.leaseMs;
    this.#assign = assign;
    this.#runner = runner;
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
    try {
      this.#run = this.#runner(this.#assign, {
        signal: this.#controller.signal,
        outbox: this.#outbox,
        connection: this.#host.connection,
        limits: this.#host.limits,
      });
      await this.#run.settled;
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
    if (begun) this.#afterGrace(graceMs, () => this.#end(undefined));
    else this.#settle(undefined);
  }

  /** Asks the handler to end, for the worker's own reasons. */
  interrupt(code: InterruptionCode): void {
    if (this.#controller.signal.aborted) return;
    this.#controller.abort(new JobInterrupted(code));
    const kill = this.#run?.kill;
    if (kill) this.#afterGrace(killGraceMs, kill);
  }

  /** Nothing was heard of the server for the length of the lease. */
  loseLease(): void {
    this.#leaseLost = true;
    this.#outbox.detach();
    this.interrupt("lease-lost");
  }

  /** Gives the job back without waiting any longer for its handler. */
  giveBack(reason: string): void {
    this.interrupt("stopped");
    this.#end(() => ({ release: { attemptToken: this.token, reason } }));
  }

  /** The token is not valid any more: stop, and say nothing. */
  fence(): void {
    this.#over();
    this.interrupt("fenced");
    // It may have been interrupted before, and its grace was dropped with the attempt.
    const kill = this.#run?.kill;
    if (kill) this.#afterGrace(killGraceMs, kill);
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

  /** Without waiting any longer for the handler: at once if it cannot be killed, else when its process is gone. */
  #end(end: ((lastSequence: number) => WorkerMessage) | undefined): void {
    if (this.#run?.kill) this.#run.kill();
    else this.#settle(end);
  }

  #afterGrace(ms: number, then: () => void): void {
    clearTimeout(this.#grace);
    this.#grace = setTimeout(then, ms);
    this.#grace.unref();
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
    if (isJobReleased(error)) {
      const { checkpoint } = error;
      const reason = shortened(error.message, maxReason);
      return () => ({ release: { attemptToken, reason, ...(checkpoint && { checkpoint }) } });
    }
    // Not the job's doing: a handler that was told to stop says so in many ways, AbortErrors and others.
    if (this.#controller.signal.aborted) {
      const { message: reason } = this.#controller.signal.reason as JobInterrupted;
      return () => ({ release: { attemptToken, reason } });
    }
    const failure = failureOf(error);
    const maxText = maxPayload(this.#host.limits().maxMessageBytes);
    const message = shortened(failure.message, Math.min(maxFailureMessage, maxText));
    const maxDetail = Math.min(maxFailureDetail, maxText - Buffer.byteLength(message));
    return (lastSequence) => ({
      fail: {
        attemptToken,
        kind: failure.kind === "fatal" ? "FATAL" : "TRANSIENT",
        message,
        detail: shortened(detailOf(failure), maxDetail),
        retryable: failure.retryable,
        retryDelayMs: Math.max(0, Math.round(failure.retryDelayMs)),
        lastSequence,
      },
    });
  }
}
