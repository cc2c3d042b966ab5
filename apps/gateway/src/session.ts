import { limits, storable, UwsError } from "@uws/core";
import type { CancelNews } from "@uws/dispatch";
import {
  type Assign,
  type HeldVerdict,
  type Hello__Output,
  protocolVersion,
  type ServerMessage,
  type WorkerMessage__Output,
} from "@uws/protocol";
import { type AttemptRef, type ClaimedJob, parseAttemptToken } from "@uws/store";
import type { Logger } from "pino";
import type { Announcements } from "./announcements.ts";
import type { AttemptWriter } from "./attempt-writer.ts";
import type { GatewayDependencies } from "./dependencies.ts";
import { type AttemptListener, HeldAttempt, type Report } from "./held-attempt.ts";
import type { ResultStore } from "./result-store.ts";
import type { TypeWatch } from "./type-watch.ts";
import { uncoveredJobs } from "./uncovered-jobs.ts";
import type { Bearer } from "./worker-tokens.ts";

/** The stream of one worker, as the session uses it. */
export interface WorkerStream {
  send(message: ServerMessage): void;
  /** Ends the stream; with an error, the worker learns why, and whether to connect again. */
  close(error?: UwsError): void;
  pause(): void;
  resume(): void;
}

/** A worker may name so many job types, and hold so many jobs. */
const maxJobTypes = 100;
const maxSlots = 10_000;
const typeName = /^[A-Za-z0-9_-]{1,100}$/;

/**
 * One worker, connected.
 *
 * ```
 *   greeting ──Hello, held tokens judged, Welcome sent──► open ──Draining──► draining
 *       └──────────── stream gone, replaced, protocol broken ─────┴─────────────┴────► closed
 * ```
 *
 * - greeting: nothing but Hello is understood.
 * - open: jobs are assigned against free slots: credit − held − reserved.
 * - draining: reports are taken, no job is assigned.
 * - closed: nothing is sent. The jobs stay the worker's until their leases run out: a lease, not a stream, holds a job.
 */
export class Session implements AttemptListener {
  readonly id = crypto.randomUUID();
  readonly bearer: Bearer;
  readonly #dependencies: GatewayDependencies;
  readonly #stream: WorkerStream;
  readonly #typeWatch: TypeWatch;
  readonly #writer: AttemptWriter;
  readonly #results: ResultStore;
  readonly #announcements: Announcements;
  readonly #onChange: () => void;
  #log: Logger;
  #state: "greeting" | "open" | "draining" | "closed" = "greeting";
  #greeting = false;
  #welcomed = false;
  #worker = "";
  #instance = "";
  #types: ReadonlySet<string> = new Set();
  #credit = 0;
  /** Slots promised to jobs that are being claimed. */
  #reserved = 0;
  readonly #held = new Map<string, HeldAttempt>();
  #paused = false;

  /**
   * @param bearer whose token opened the stream
   * @param certificate the subject of the client certificate that was shown and is valid, for the log
   * @param onChange called when slots become free or are taken, and when the session opens or closes
   */
  constructor(
    dependencies: GatewayDependencies,
    bearer: Bearer,
    certificate: string | undefined,
    stream: WorkerStream,
    typeWatch: TypeWatch,
    writer: AttemptWriter,
    results: ResultStore,
    announcements: Announcements,
    onChange: () => void,
  ) {
    this.#dependencies = dependencies;
    this.bearer = bearer;
    this.#stream = stream;
    this.#typeWatch = typeWatch;
    this.#writer = writer;
    this.#results = results;
    this.#announcements = announcements;
    this.#onChange = onChange;
    this.#log = dependencies.log.child({
      session: this.id,
      ...(bearer.name === "" ? {} : { token: bearer.name }),
      ...(certificate === undefined ? {} : { certificate }),
    });
  }

  get worker(): string {
    return this.#worker;
  }

  get instance(): string {
    return this.#instance;
  }

  get types(): ReadonlySet<string> {
    return this.#types;
  }

  get closed(): boolean {
    return this.#state === "closed";
  }

  get free(): number {
    return this.#state === "open" ? Math.max(0, this.#credit - this.#held.size - this.#reserved) : 0;
  }

  /** Keeps a slot for a job that is about to be claimed. */
  reserve(): void {
    this.#reserved += 1;
  }

  /** Gives the reserved slot back: the job was not claimed. */
  unreserve(): void {
    this.#reserved -= 1;
    this.#onChange();
  }

  /** Gives the job that was claimed to the worker, in the slot that was reserved for it. */
  assign(job: ClaimedJob): void {
    this.#reserved -= 1;
    if (this.closed) return;
    this.#hold({ job: job.id, token: job.token }, undefined);
    this.#stream.send({ assign: assignmentOf(job, this.#dependencies.config.timing.lease) });
  }

  /** The worker must stop working on an attempt, if it is one of its. */
  cancel({ token, reason }: CancelNews): void {
    const attempt = this.#held.get(token);
    if (attempt === undefined) return;
    // The slot stays taken until the worker says that it has stopped.
    attempt.close();
    if (reason === "fenced") {
      this.fenced(token);
    } else {
      const graceMs = this.#dependencies.config.timing.cancelGrace;
      this.#stream.send({ cancel: { attemptToken: token, reason: cancelReasons[reason], graceMs } });
    }
  }

  /** The job type was paused, or is no longer; jobs that run go on. */
  paused(jobType: string, paused: boolean): void {
    if (this.#welcomed && !this.closed && this.#types.has(jobType)) this.#stream.send({ paused: { jobType, paused } });
  }

  /** Asks the worker to connect elsewhere soon. */
  drain(deadline: number): void {
    if (this.#state === "open") this.#state = "draining";
    if (!this.closed) this.#stream.send({ drain: { deadlineMs: deadline } });
  }

  /** Takes a message of the worker. */
  receive(message: WorkerMessage__Output): void {
    if (this.closed) return;
    if (message.hello) void this.#greet(message.hello);
    else if (this.#state === "greeting") this.broken("The first message must be Hello, and Welcome be awaited.");
    else if (message.credit) {
      this.#credit = Math.min(message.credit.totalSlots, maxSlots);
      this.#onChange();
    } else if (message.accept) this.#report(message.accept.attemptToken, { kind: "accept" });
    else if (message.event) this.#report(message.event.attemptToken, { kind: "event", event: message.event });
    else if (message.complete) {
      this.#report(message.complete.attemptToken, { kind: "complete", complete: message.complete });
    } else if (message.fail) this.#report(message.fail.attemptToken, { kind: "fail", fail: message.fail });
    else if (message.release) this.#report(message.release.attemptToken, { kind: "release", release: message.release });
    else if (message.cancelled) this.ended(message.cancelled.attemptToken);
    else if (message.heartbeat) void this.#heartbeat(message.heartbeat.attemptTokens);
    else if (message.draining) {
      this.#state = "draining";
      this.#onChange();
    }
    // Anything else is from a newer protocol, and is ignored.
  }

  /** The stream is gone, or is to go. */
  close(error?: UwsError): void {
    if (this.closed) return;
    this.#state = "closed";
    for (const attempt of this.#held.values()) attempt.close();
    this.#held.clear();
    this.#stream.close(error);
    this.#log.info({ reason: error?.message }, "worker disconnected");
    this.#onChange();
  }

  acknowledged(token: string, sequence: number): void {
    if (this.closed) return;
    this.#stream.send({ eventAck: { attemptToken: token, sequence } });
    this.#relieve();
  }

  ended(token: string): void {
    if (this.closed) return;
    this.#forget(token);
    this.#stream.send({ ended: { attemptToken: token } });
  }

  fenced(token: string): void {
    if (this.closed) return;
    this.#forget(token);
    this.#stream.send({ fenced: { attemptToken: token } });
  }

  broken(reason: string): void {
    this.#log.warn({ reason }, "a worker broke the protocol");
    this.close(new UwsError("invalid", reason));
  }

  async #greet(hello: Hello__Output): Promise<void> {
    if (this.#greeting) return this.broken("Hello comes once.");
    this.#greeting = true;
    const wrong = wrongHello(hello);
    if (wrong !== undefined) return this.broken(wrong);
    const uncovered = hello.jobTypes.find((type) => this.bearer.types?.has(type) === false);
    if (uncovered !== undefined) return this.#refuse(uncovered);
    this.#worker = storable(hello.workerName === "" ? hello.instanceId : hello.workerName, 200);
    this.#instance = hello.instanceId;
    this.#types = new Set(hello.jobTypes);
    this.#log = this.#log.child({ worker: this.#worker });
    let held: HeldVerdict[];
    try {
      held = await this.#judgeAll(hello.held.map(({ attemptToken }) => attemptToken));
    } catch (error) {
      this.#log.warn({ err: error }, "a worker's attempts could not be judged; it will come again");
      this.close(new UwsError("unavailable", "The server cannot look up the held attempts now; connect again."));
      return;
    }
    if (this.closed) return;
    this.#state = "open";
    const { timing } = this.#dependencies.config;
    this.#stream.send({
      welcome: {
        protocolVersion: Math.min(hello.protocolVersion, protocolVersion),
        sessionId: this.id,
        leaseMs: timing.lease,
        heartbeatMs: timing.heartbeat,
        acceptTimeoutMs: timing.accept,
        maxMessageBytes: limits.messageBytes,
        maxInlineResultBytes: limits.inlineResultBytes,
        maxResultBytes: limits.resultBytes,
        held,
      },
    });
    this.#welcomed = true;
    for (const type of this.#types) if (this.#typeWatch.isPaused(type)) this.paused(type, true);
    this.#log.info({ types: hello.jobTypes, sdk: hello.sdk, held: held.length }, "worker connected");
    const announcer = { worker: this.#worker, token: this.bearer.name, types: this.#types };
    void this.#announcements.take(hello.descriptions, announcer, this.#log);
    this.#onChange();
  }

  #refuse(type: string): void {
    this.#log.warn({ type }, "a worker's token does not cover its job type");
    this.close(new UwsError("forbidden", `The token ${this.bearer.name} does not cover job type ${type}.`));
  }

  async #judgeAll(tokens: readonly string[]): Promise<HeldVerdict[]> {
    const jobs = tokens.flatMap((token) => parseAttemptToken(token)?.job ?? []);
    const uncovered = await uncoveredJobs(this.#dependencies.store, this.bearer, jobs);
    return await Promise.all(
      tokens.map((token) =>
        uncovered.has(parseAttemptToken(token)?.job ?? "") ? { attemptToken: token, valid: false } : this.#judge(token),
      ),
    );
  }

  /** Whether the worker still has an attempt that it held before it connected (again). */
  async #judge(token: string): Promise<HeldVerdict> {
    const ref = parseAttemptToken(token);
    if (ref === undefined) return { attemptToken: token, valid: false };
    const renewed = await this.#writer.renew(ref);
    // Accept may have been lost with the stream; then the claim still stands.
    const valid = renewed !== undefined || (await this.#writer.accept(ref));
    const sequence = renewed?.eventSequence ?? 0;
    if (valid) this.#hold(ref, sequence);
    return { attemptToken: token, valid, acknowledgedSequence: sequence };
  }

  async #heartbeat(tokens: readonly string[]): Promise<void> {
    await Promise.all(
      tokens.slice(0, maxSlots).map(async (token) => {
        // What a worker holds was assigned on this stream or judged at its beginning; it keeps nothing else alive.
        const known = this.#held.get(token);
        if (known === undefined) return this.fenced(token);
        // As it is before the question: an accept that is stored meanwhile says nothing about the answer.
        const { accepted } = known;
        const renewed = await this.#writer.renew(known.ref).catch(() => "unknown" as const);
        if (renewed !== undefined) return;
        // Not running: assigned and not yet accepted, ended meanwhile, or taken away. Only the last is news.
        if (accepted && !known.over) this.fenced(token);
      }),
    );
  }

  #hold(ref: AttemptRef, sequence: number | undefined): void {
    const attempt = new HeldAttempt(ref, sequence, this.#writer, this.#results, this, this.#log);
    this.#held.set(ref.token, attempt);
  }

  #forget(token: string): void {
    this.#held.get(token)?.close();
    if (this.#held.delete(token)) this.#onChange();
    this.#relieve();
  }

  #report(token: string, report: Report): void {
    const attempt = this.#held.get(token);
    if (attempt === undefined) {
      this.fenced(token);
      return;
    }
    // Its end crossed our Cancel or Fenced: whatever the worker says, it has stopped.
    if (attempt.over && report.kind !== "accept" && report.kind !== "event") {
      this.ended(token);
      return;
    }
    attempt.report(report);
    if (attempt.crowded && !this.#paused) {
      this.#paused = true;
      this.#stream.pause();
    }
  }

  /** Lets the worker send again once its reports are stored. */
  #relieve(): void {
    if (this.#paused && ![...this.#held.values()].some((attempt) => attempt.crowded)) {
      this.#paused = false;
      this.#stream.resume();
    }
  }
}

const cancelReasons = { aborted: "ABORTED", timed_out: "TIMED_OUT", destroyed: "DESTROYED" } as const;

function wrongHello(hello: Hello__Output): string | undefined {
  if (hello.protocolVersion < 1) return "Hello.protocol_version must be at least 1.";
  if (hello.instanceId === "" || hello.instanceId.length > 200)
    return "Hello.instance_id must have 1 to 200 characters.";
  if (hello.jobTypes.length === 0 || hello.jobTypes.length > maxJobTypes) {
    return `Hello.job_types must name 1 to ${maxJobTypes} job types.`;
  }
  const wrong = hello.jobTypes.find((type) => !typeName.test(type));
  if (wrong !== undefined) return `Hello.job_types: ${JSON.stringify(wrong.slice(0, 120))} is not a job type's name.`;
  if (hello.held.length > maxSlots) return `Hello.held names more than ${maxSlots} attempts.`;
  return undefined;
}

function assignmentOf(job: ClaimedJob, lease: number): Assign {
  return {
    attemptToken: job.token,
    jobId: job.id,
    runId: job.runId ?? "",
    owner: job.owner ?? "",
    jobType: job.type,
    jobTypeVersion: job.typeVersion,
    attempt: job.attempt,
    leaseMs: lease,
    timeAllowedMs: job.executionDuration * 1000,
    parameters: job.parameters.map((parameter) =>
      "upload" in parameter
        ? {
            name: parameter.name,
            uploaded: {
              mediaType: parameter.upload.mediaType,
              filename: parameter.upload.filename,
              size: parameter.upload.size,
            },
          }
        : { name: parameter.name, value: parameter.value },
    ),
    ...(job.checkpoint === null ? {} : { checkpoint: Buffer.from(job.checkpoint) }),
    traceContext: { ...job.traceContext },
  };
}
