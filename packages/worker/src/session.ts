import { type ClientDuplexStream, type StatusObject, status } from "@grpc/grpc-js";
import {
  type Assign__Output,
  type Hello,
  protocolVersion,
  type ServerMessage__Output,
  type Welcome__Output,
  type WorkerMessage,
} from "@uws/protocol";
import { Attempt } from "./attempt.ts";
import { Backoff } from "./backoff.ts";
import type { Connection } from "./connection.ts";
import { isRefusal } from "./grpc-status.ts";
import type { InterruptionCode } from "./job-interrupted.ts";
import type { JobRunner } from "./job-runner.ts";
import { LeaseWatch } from "./lease-watch.ts";
import type { WorkerLogger } from "./logger.ts";
import { initialLimits, limitsOf, type SessionLimits } from "./session-limits.ts";
import { withResolvers } from "./with-resolvers.ts";

type WorkStream = ClientDuplexStream<WorkerMessage, ServerMessage__Output>;

export interface SessionOptions {
  readonly connection: Connection;
  readonly jobs: ReadonlyMap<string, JobRunner>;
  readonly slots: number;
  readonly hello: Required<Pick<Hello, "workerName" | "instanceId" | "sdk" | "labels" | "descriptions">>;
  readonly logger: WorkerLogger;
  /** Milliseconds between tries after a refusal, at most; half of it at least. */
  readonly refusedDelayMs: number;
  /** So many refusals in a row are final. */
  readonly maxRefusals: number;
  /** Told when they are. */
  readonly onRefused: (refused: WorkerRefused) => void;
}

/** The server refused the worker's Hello: its token, its job types, its protocol version. */
export class WorkerRefused extends Error {
  override readonly name = "WorkerRefused";
  readonly code: status;

  constructor({ code, details }: StatusObject) {
    super(`the gateway refused this worker: ${details} (${status[code]})`);
    this.code = code;
  }
}

/** A server that has accepted the stream but says no Welcome for this long is tried again. */
const greetingTimeoutMs = 15_000;
/** A stream that lived this long was a good one: the next reconnection is quick again. */
const goodStreamMs = 5_000;
/** Without a connection for this long, the reason is looked for: gRPC would go on in silence. */
const connectingTimeoutMs = 3_000;
/** How long closing waits for what is written to be taken by the network. */
const closingTimeoutMs = 500;

/**
 * The worker's side of the control stream: one stream at a time, for as long as the worker lives.
 *
 *  waiting    there is no stream; the backoff runs
 *             → greeting  its time has come
 *  greeting   a stream was opened (gRPC waits for the server to be there) and Hello sent; nothing else may be sent yet
 *             → open      Welcome: attempts still valid are attached and send what the server lacks, the others end
 *             → waiting   the stream ended, or Welcome did not come in time
 *  open       heartbeats, credits, assignments, events
 *             → waiting   the stream ended, whoever ended it; attempts go on, detached
 *             → waiting   the lease ran out all the same (this process was frozen): only a new Hello tells what we hold
 *  any        → closed    close()
 *
 * A refused Hello waits for half a minute instead of the backoff, since it seldom heals by itself but an operator may
 * mend it meanwhile; ten in a row are final. Draining is no state of its own: it is said again
 * on each new stream.
 */
export class Session {
  readonly #options: SessionOptions;
  readonly #logger: WorkerLogger;
  readonly #attempts = new Map<string, Attempt>();
  readonly #lease = new LeaseWatch();
  readonly #backoff = new Backoff();
  readonly #ready = withResolvers<void>();
  #state: "waiting" | "greeting" | "open" | "closed" = "waiting";
  #stream: WorkStream | undefined;
  #openedAt = 0;
  #limits: SessionLimits = initialLimits;
  #draining = false;
  #refusals = 0;
  /** What kept us from connecting and has been said; once is enough until something else does. */
  #trouble: string | undefined;
  /**
   * How a stream that is to be opened takes it that there is no connection: it waits; after a while that is broken off
   * (impatient), and the next one asks, which fails at once with the reason.
   */
  #patience: "waits" | "impatient" | "asks" = "waits";
  #reconnectTimer: ReturnType<typeof setTimeout> | undefined;
  #connectingTimer: ReturnType<typeof setTimeout> | undefined;
  #greetingTimer: ReturnType<typeof setTimeout> | undefined;
  #heartbeatTimer: ReturnType<typeof setInterval> | undefined;
  #leaseTimer: ReturnType<typeof setTimeout> | undefined;
  #waitingForIdle: (() => void)[] = [];

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#logger = options.logger;
    this.#ready.promise.catch(() => {});
  }

  /** Resolves with the first Welcome; rejects with WorkerRefused when the first answer was a refusal. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  get isOpen(): boolean {
    return this.#state === "open";
  }

  connect(): void {
    if (this.#state !== "waiting") return;
    this.#state = "greeting";
    const { connection } = this.#options;
    this.#patience = this.#patience === "impatient" ? "asks" : "waits";
    const stream = connection.client.work(connection.metadata({ waitForReady: this.#patience === "waits" }));
    this.#stream = stream;
    stream.on("data", (message: ServerMessage__Output) => {
      if (this.#stream === stream) this.#receive(message);
    });
    // The status comes with every end, an error only with some; without a listener it would end the process.
    stream.on("error", () => {});
    stream.on("status", (status) => {
      if (this.#stream === stream) this.#broken(status);
    });
    this.#connectingTimer = setTimeout(() => {
      if (connection.isReady) return;
      this.#patience = "impatient";
      this.#abandonStream();
    }, connectingTimeoutMs);
    this.#greetingTimer = setTimeout(() => {
      this.#logger.warn(`no answer from the gateway at ${connection.address}, trying again`);
      this.#abandonStream();
    }, greetingTimeoutMs);
    this.#write({
      hello: {
        protocolVersion,
        jobTypes: [...this.#options.jobs.keys()],
        held: Array.from(this.#attempts.values(), ({ token, acknowledged }) => ({
          attemptToken: token,
          acknowledgedSequence: acknowledged,
        })),
        ...this.#options.hello,
      },
    });
  }

  /** Takes no new jobs from now on. */
  drain(): void {
    this.#draining = true;
    if (this.#state === "open") this.#sendCredit();
  }

  /** Resolves with true when no attempt is held, with false when the time has passed. */
  async idle(timeoutMs: number): Promise<boolean> {
    if (this.#attempts.size === 0) return true;
    const { promise, resolve } = withResolvers<boolean>();
    const timer = Number.isFinite(timeoutMs) ? setTimeout(() => resolve(false), timeoutMs) : undefined;
    this.#waitingForIdle.push(() => resolve(true));
    return promise.finally(() => clearTimeout(timer));
  }

  /** Asks every handler to end. */
  interrupt(code: InterruptionCode): void {
    for (const attempt of this.#attempts.values()) attempt.interrupt(code);
  }

  /** Gives every job back that has not ended. */
  giveBack(reason: string): void {
    for (const attempt of this.#attempts.values()) attempt.giveBack(reason);
  }

  async close(): Promise<void> {
    if (this.#state === "closed") return;
    const stream = this.#stream;
    const wasOpen = this.#state === "open";
    this.#state = "closed";
    this.#stream = undefined;
    this.#stopTimers();
    clearTimeout(this.#reconnectTimer);
    clearTimeout(this.#leaseTimer);
    for (const attempt of [...this.#attempts.values()]) this.#forget(attempt, () => attempt.fence());
    this.#ready.reject(new Error("the worker was closed before the gateway answered"));
    if (stream && wasOpen) await ended(stream);
    stream?.cancel();
  }

  #receive(received: ServerMessage__Output): void {
    this.#lease.contact();
    if (received.welcome) this.#welcomed(received.welcome);
    else if (received.assign) this.#assigned(received.assign);
    else if (received.eventAck) {
      this.#attempts.get(received.eventAck.attemptToken)?.acknowledge(received.eventAck.sequence);
    } else if (received.ended) this.#attemptEnded(received.ended.attemptToken);
    else if (received.cancel) {
      const { attemptToken, reason, graceMs } = received.cancel;
      this.#attempts.get(attemptToken)?.cancel(reason, graceMs);
    } else if (received.fenced) this.#fenced(received.fenced.attemptToken);
    else if (received.drain) this.#logger.info("the gateway is about to stop; jobs go on");
    else if (received.paused) {
      const { jobType, paused } = received.paused;
      this.#logger.info(`job type ${jobType} is ${paused ? "paused" : "no longer paused"}`);
    }
    // Anything else is of a newer protocol, and not needed by this worker.
  }

  #welcomed(welcome: Welcome__Output): void {
    if (this.#state !== "greeting") return;
    clearTimeout(this.#connectingTimer);
    clearTimeout(this.#greetingTimer);
    this.#state = "open";
    this.#openedAt = performance.now();
    this.#refusals = 0;
    this.#trouble = undefined;
    this.#limits = limitsOf(welcome);
    this.#logger.info(`connected to ${this.#options.connection.address}, session ${welcome.sessionId}`);

    const verdicts = new Map(welcome.held.map((verdict) => [verdict.attemptToken, verdict]));
    for (const attempt of [...this.#attempts.values()]) {
      const verdict = verdicts.get(attempt.token);
      if (verdict?.valid) {
        attempt.attach(this.#write, verdict.acknowledgedSequence);
        void attempt.begin();
      } else this.#fenced(attempt.token);
    }
    this.#sendCredit();
    this.#heartbeatTimer = setInterval(() => this.#heartbeat(), this.#limits.heartbeatMs);
    this.#heartbeatTimer.unref();
    this.#watchLease();
    this.#ready.resolve();
  }

  #assigned(assign: Assign__Output): void {
    // Sent twice, it is still one attempt.
    if (this.#state !== "open" || this.#attempts.has(assign.attemptToken)) return;
    const runner = this.#options.jobs.get(assign.jobType);
    if (!runner) {
      // Not accepted, it goes back to the queue: another worker may know the type.
      this.#logger.error(`assigned a job of type ${assign.jobType}, which this worker does not run`);
      return;
    }
    if (this.#attempts.size >= this.#options.slots) {
      // Not accepted, it goes back to the queue without having spent an attempt. To hold it would cost its time.
      this.#logger.error(`assigned more jobs than this worker has slots (${this.#options.slots})`);
      return;
    }
    const attempt = new Attempt(assign, runner, {
      connection: this.#options.connection,
      limits: () => this.#limits,
    });
    this.#attempts.set(attempt.token, attempt);
    this.#stream?.write({ accept: { attemptToken: attempt.token } }, (error?: Error | null) => {
      if (!error) void attempt.begin();
    });
    attempt.attach(this.#write, 0);
    // The watch sleeps for the session's lease at most.
    if (attempt.leaseMs > 0 && attempt.leaseMs < this.#limits.leaseMs) this.#watchLease();
    this.#logger.debug(`job ${attempt.jobId}, attempt ${assign.attempt}: accepted`);
  }

  #attemptEnded(token: string): void {
    const attempt = this.#attempts.get(token);
    if (!attempt) return;
    this.#logger.debug(`job ${attempt.jobId}: ended`);
    this.#forget(attempt, () => attempt.ended());
  }

  #fenced(token: string): void {
    const attempt = this.#attempts.get(token);
    if (!attempt) return;
    this.#logger.warn(`job ${attempt.jobId}: this attempt is no longer valid, nothing more is reported for it`);
    this.#forget(attempt, () => attempt.fence());
  }

  #forget(attempt: Attempt, end: () => void): void {
    this.#attempts.delete(attempt.token);
    end();
    if (this.#attempts.size === 0) for (const resume of this.#waitingForIdle.splice(0)) resume();
  }

  #sendCredit(): void {
    if (this.#draining) this.#write({ draining: {} });
    this.#write({ credit: { pool: "", totalSlots: this.#draining ? 0 : this.#options.slots } });
  }

  #heartbeat(): void {
    // A process that was frozen finds both timers due; the lease is looked at first.
    if (this.#checkLease()) return;
    this.#stream?.write({ heartbeat: { attemptTokens: [...this.#attempts.keys()] } }, (error?: Error | null) => {
      if (!error) this.#lease.contact();
    });
  }

  #watchLease(): void {
    clearTimeout(this.#leaseTimer);
    if (this.#state === "closed") return;
    this.#checkLease();
    const { nextMs } = this.#lease.check(this.#attempts.values(), this.#limits.leaseMs);
    this.#leaseTimer = setTimeout(() => this.#watchLease(), Math.ceil(nextMs));
    this.#leaseTimer.unref();
  }

  /** True if a lease was lost. */
  #checkLease(): boolean {
    const { lost } = this.#lease.check(this.#attempts.values(), this.#limits.leaseMs);
    for (const attempt of lost) {
      this.#logger.warn(`job ${attempt.jobId}: no contact with the gateway for the length of its lease, stopping it`);
      attempt.loseLease();
    }
    if (lost.length > 0 && this.#state === "open") this.#abandonStream();
    return lost.length > 0;
  }

  /** Ends the stream from this side; its status event does the rest. */
  #abandonStream(): void {
    this.#stream?.cancel();
  }

  #broken({ code, details }: StatusObject): void {
    const wasGood = this.#state === "open" && performance.now() - this.#openedAt >= goodStreamMs;
    const wasOpen = this.#state === "open";
    this.#stream = undefined;
    this.#state = "waiting";
    this.#stopTimers();
    for (const attempt of this.#attempts.values()) attempt.detach();
    if (wasGood) this.#backoff.reset();

    if (this.#patience === "impatient") this.#reconnect(0);
    else if (!wasOpen && isRefusal(code)) this.#refused(new WorkerRefused({ code, details } as StatusObject));
    else if (this.#patience === "asks" && !wasOpen) {
      this.#complain(`no connection to the gateway at ${this.#options.connection.address}: ${withoutTime(details)}`);
      this.#reconnect(0);
    } else {
      const delayMs = this.#backoff.next();
      const what = wasOpen ? "the stream to the gateway ended" : "the gateway did not take the stream";
      this.#logger.info(`${what} (${status[code]}: ${details}), connecting again in ${Math.round(delayMs)} ms`);
      this.#reconnect(delayMs);
    }
  }

  /** Says once what keeps us from connecting, until something else does. */
  #complain(trouble: string): void {
    if (trouble !== this.#trouble) this.#logger.warn(`${trouble}; it is tried again and again`);
    this.#trouble = trouble;
  }

  #refused(refused: WorkerRefused): void {
    this.#refusals += 1;
    this.#ready.reject(refused);
    const { maxRefusals, refusedDelayMs } = this.#options;
    if (this.#refusals >= maxRefusals) {
      this.#logger.error(`${refused.message}; refused ${this.#refusals} times, giving up`);
      this.#options.onRefused(refused);
      return;
    }
    const delayMs = refusedDelayMs / 2 + (Math.random() * refusedDelayMs) / 2;
    const again = `trying again in ${Math.round(delayMs / 1000)} s (${this.#refusals} of ${maxRefusals})`;
    if (refused.message === this.#trouble) this.#logger.warn(`${refused.message}; ${again}`);
    else this.#logger.error(`${refused.message}; ${again}`);
    this.#trouble = refused.message;
    this.#reconnect(delayMs);
  }

  #reconnect(delayMs: number): void {
    // Not unref'd: while it waits, this timer may be all that keeps the worker's process alive.
    this.#reconnectTimer = setTimeout(() => this.connect(), delayMs);
  }

  #stopTimers(): void {
    clearTimeout(this.#connectingTimer);
    clearTimeout(this.#greetingTimer);
    clearInterval(this.#heartbeatTimer);
  }

  readonly #write = (message: WorkerMessage): void => {
    this.#stream?.write(message);
  };
}

/** grpc-js puts the time into some of its messages, which would make each a new one. */
function withoutTime(details: string): string {
  return details.replace(/ \(\d{4}-\d\d-\d\dT[^)]*\)/g, "").replace(/\.? Resolution note: $/, "");
}

/** The stream's end, after what was written has gone out; or a moment later. */
async function ended(stream: WorkStream): Promise<void> {
  const { promise, resolve } = withResolvers<void>();
  const timer = setTimeout(resolve, closingTimeoutMs);
  stream.on("status", () => resolve());
  stream.end();
  await promise.finally(() => clearTimeout(timer));
}
