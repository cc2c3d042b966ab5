import type { Event, WorkerMessage } from "@uws/protocol";

export type Progress = NonNullable<Event["progress"]>;
export type LogLine = NonNullable<Event["log"]>;
export type Result = NonNullable<Event["result"]>;
export type Send = (message: WorkerMessage) => void;

type Payload = Pick<Event, "progress" | "log" | "result" | "checkpoint">;

interface Entry {
  readonly sequence: number;
  readonly message: WorkerMessage;
  readonly bytes: number;
  readonly acknowledged: (() => void) | undefined;
}

export interface OutboxLimits {
  /** Events that may wait for their acknowledgement. */
  readonly maxEvents: number;
  readonly maxBytes: number;
  /** Progress and checkpoints go out no more often than this. */
  readonly minIntervalMs: number;
}

const defaultLimits: OutboxLimits = { maxEvents: 1_000, maxBytes: 8 * 1024 * 1024, minIntervalMs: 100 };

/**
 * What an attempt has to say, in order, until the server has it.
 *
 * An event gets its sequence number (from 1, without gaps) when it is put in the list of the unacknowledged; from then
 * on it is sent on each new stream until it is acknowledged. Logs and results get theirs at once. Progress and
 * checkpoints, of which only the newest counts, wait without a number while there is no stream, no room, or the last
 * ones were sent a moment ago: that is how they are coalesced without leaving gaps.
 *
 *  attached   there is a stream: numbered events are sent
 *  detached   there is none (or the lease is in doubt): they are kept
 *  finished   the last message (Complete, Fail, Cancelled, Release) is kept too; nothing more is recorded
 *  closed     nothing is kept or sent any more
 *
 * The list is limited. Beyond the limit logs are dropped and counted, results wait for room.
 */
export class Outbox {
  readonly #token: string;
  readonly #limits: OutboxLimits;
  readonly #now: () => number;
  #send: Send | undefined;
  #entries: Entry[] = [];
  #bytes = 0;
  #lastSequence = 0;
  #acknowledged = 0;
  #latestProgress: Progress | undefined;
  #latestCheckpoint: Uint8Array | undefined;
  #latestSentAt = Number.NEGATIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #droppedLogs = 0;
  #waitingForRoom: (() => void)[] = [];
  #recording = true;
  #final: WorkerMessage | undefined;

  constructor(token: string, limits: Partial<OutboxLimits> = {}, now: () => number = () => performance.now()) {
    this.#token = token;
    this.#limits = { ...defaultLimits, ...limits };
    this.#now = now;
  }

  /** The last sequence number that the server acknowledged. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  progress(progress: Progress): void {
    if (!this.#recording) return;
    this.#latestProgress = progress;
    this.#sendLatest();
  }

  checkpoint(state: Uint8Array): void {
    if (!this.#recording) return;
    this.#latestCheckpoint = state;
    this.#sendLatest();
  }

  log(line: LogLine): void {
    if (!this.#recording) return;
    if (this.#isFull()) this.#droppedLogs++;
    else this.#append({ log: line }, line.message?.length ?? 0);
  }

  /** Resolves when the server has the result; stays pending if it never will, so the caller watches the job's signal. */
  async result(result: Result): Promise<void> {
    while (this.#recording && this.#isFull()) {
      await new Promise<void>((resolve) => this.#waitingForRoom.push(resolve));
    }
    await new Promise<void>((resolve) => {
      if (this.#recording) this.#append({ result }, result.inline?.length ?? 0, resolve);
    });
  }

  /** Records the attempt's last message, which is built from the sequence number of its last event. */
  finish(build: (lastSequence: number) => WorkerMessage): void {
    if (!this.#recording) return;
    this.#stopTimer();
    this.#reportDroppedLogs();
    this.#appendLatest();
    this.#recording = false;
    this.#final = build(this.#lastSequence);
    this.#send?.(this.#final);
  }

  /** A stream is there: what the server does not have is sent, now and from now on. */
  attach(send: Send, acknowledged: number): void {
    this.#send = undefined;
    this.acknowledge(acknowledged);
    this.#send = send;
    for (const entry of this.#entries) send(entry.message);
    if (this.#final) send(this.#final);
    this.#sendLatest();
  }

  detach(): void {
    this.#send = undefined;
    this.#stopTimer();
  }

  /** The server has everything up to this number. */
  acknowledge(sequence: number): void {
    if (sequence <= this.#acknowledged) return;
    this.#acknowledged = Math.min(sequence, this.#lastSequence);
    const count = this.#entries.findIndex((entry) => entry.sequence > sequence);
    const done = this.#entries.splice(0, count === -1 ? this.#entries.length : count);
    for (const entry of done) {
      this.#bytes -= entry.bytes;
      entry.acknowledged?.();
    }
    if (!this.#recording || this.#isFull()) return;
    this.#reportDroppedLogs();
    for (const resume of this.#waitingForRoom.splice(0)) resume();
    this.#sendLatest();
  }

  close(): void {
    this.detach();
    this.#recording = false;
    this.#entries = [];
    this.#final = undefined;
    this.#latestProgress = undefined;
    this.#latestCheckpoint = undefined;
    this.#waitingForRoom = [];
  }

  #isFull(): boolean {
    return this.#entries.length >= this.#limits.maxEvents || this.#bytes >= this.#limits.maxBytes;
  }

  #append(payload: Payload, bytes: number, acknowledged?: () => void): void {
    const sequence = ++this.#lastSequence;
    const message = { event: { attemptToken: this.#token, sequence, ...payload } };
    this.#entries.push({ sequence, message, bytes, acknowledged });
    this.#bytes += bytes;
    this.#send?.(message);
  }

  #appendLatest(): void {
    const progress = this.#latestProgress;
    const state = this.#latestCheckpoint;
    this.#latestProgress = undefined;
    this.#latestCheckpoint = undefined;
    // The checkpoint first: who sees the progress may count on the state.
    if (state) this.#append({ checkpoint: { state } }, state.length);
    if (progress) this.#append({ progress }, progress.message?.length ?? 0);
  }

  #sendLatest(): void {
    if (!this.#recording || !this.#send || this.#isFull()) return;
    if (!this.#latestProgress && !this.#latestCheckpoint) return;
    const waitMs = this.#latestSentAt + this.#limits.minIntervalMs - this.#now();
    if (waitMs <= 0) {
      // A timer may be due already: a handler that never lets go of its thread keeps it from running.
      this.#stopTimer();
      this.#latestSentAt = this.#now();
      this.#appendLatest();
      return;
    }
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#sendLatest();
    }, Math.ceil(waitMs));
    this.#timer.unref();
  }

  #reportDroppedLogs(): void {
    if (this.#droppedLogs === 0) return;
    const message = `${this.#droppedLogs} log lines were dropped: the server did not take them fast enough`;
    this.#droppedLogs = 0;
    this.#append({ log: { level: "WARN", message } }, message.length);
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
