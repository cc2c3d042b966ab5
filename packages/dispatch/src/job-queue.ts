import {
  AckPolicy,
  type Consumer,
  DiscardPolicy,
  type JetStreamManager,
  type JsMsg,
  type NatsConnection,
  nanos,
  RetentionPolicy,
  StorageType,
} from "nats";
import type { DispatchLog, NatsLink } from "./link.ts";

/** A job that waits for a worker, as the queue knows it. */
export interface DispatchedJob {
  readonly id: string;
  readonly type: string;
  readonly attempt: number;
  readonly dispatches: number;
}

/** A message of the queue: a hint that this job waits. Acknowledge it once the claim is committed (or refused). */
export interface QueuedJob {
  readonly id: string;
  readonly attempt: number;
  acknowledge(): void;
  /** Gives it to somebody else. */
  giveBack(): void;
}

/** Milliseconds that one pull waits at the server for messages. */
const pullExpires = 10_000;

/**
 * The JetStream work queue: one message for each job that is published and not yet claimed.
 *
 * Each job has a subject of its own, `<prefix>.jobs.<type>.<job id>`, and the stream keeps one message per subject: to
 * ring twice replaces the message, so that however often a job is rung, the stream stays as small as the window of
 * dispatched jobs. Messages carry the job's id and attempt only; they live until the claim, never as long as the job.
 */
export class JobQueue {
  readonly #link: NatsLink;
  readonly #prefix: string;
  readonly #log: DispatchLog;
  /** The connection on which the stream is known to be there. */
  #ready: NatsConnection | undefined;
  /** Those that are known to be there, by job type: to ask for one costs two requests, and busy gateways pull all the time. */
  readonly #consumers = new Map<string, Consumer>();

  constructor(link: NatsLink, prefix: string, log: DispatchLog) {
    this.#link = link;
    this.#prefix = prefix;
    this.#log = log;
    // A server that comes back may have lost everything.
    link.onConnected(() => this.#forget());
  }

  /** Something failed, or was lost: what is there must be found out anew. */
  #forget(): void {
    this.#ready = undefined;
    this.#consumers.clear();
  }

  get #stream(): string {
    return `${this.#prefix}-jobs`.replaceAll(".", "-");
  }

  /**
   * Publishes jobs, in order.
   * @returns how many the queue has taken; the rest is rung again later by whoever looks for undispatched jobs
   */
  async publish(jobs: readonly DispatchedJob[]): Promise<number> {
    const connection = this.#link.connection;
    if (connection === undefined || jobs.length === 0) return 0;
    try {
      await this.#prepare(connection);
    } catch (error) {
      this.#log.warn({ err: error }, "the job queue cannot be prepared");
      return 0;
    }
    const jetstream = connection.jetstream({ timeout: 3000 });
    const published = await Promise.allSettled(
      jobs.map((job) =>
        jetstream.publish(`${this.#prefix}.jobs.${job.type}.${job.id}`, JSON.stringify({ attempt: job.attempt }), {
          msgID: `${job.id}:${job.attempt}:${job.dispatches}`,
        }),
      ),
    );
    const failed = published.filter((outcome) => outcome.status === "rejected");
    if (failed.length > 0) {
      this.#forget();
      this.#log.warn({ err: failed[0]?.reason, failed: failed.length }, "jobs were not published; they are rung again");
    }
    return jobs.length - failed.length;
  }

  /**
   * Removes the messages of jobs that were claimed without them, as far as they are there: nobody else would, before a worker
   * of the protocol pulls them, or a day has passed. A message that is published meanwhile says nothing new to whoever pulls it.
   */
  async remove(jobs: readonly Pick<DispatchedJob, "id" | "type">[]): Promise<void> {
    const connection = this.#link.connection;
    if (connection === undefined || jobs.length === 0) return;
    try {
      await this.#prepare(connection);
      const manager = await connection.jetstreamManager({ timeout: 3000 });
      for (const { id, type } of jobs) {
        await manager.streams.purge(this.#stream, { filter: `${this.#prefix}.jobs.${type}.${id}` });
      }
    } catch (error) {
      this.#log.warn({ err: error }, "messages of claimed jobs were not removed; they are harmless");
    }
  }

  /**
   * Waits for messages of a job type, at most so many and not much longer than ten seconds; ends early when the signal
   * is aborted or the connection breaks. Messages that arrive after the end are given back.
   */
  async *pull(type: string, max: number, signal: AbortSignal): AsyncGenerator<QueuedJob, void, void> {
    const connection = this.#link.connection;
    if (connection === undefined || signal.aborted) return;
    let consumer: Consumer;
    try {
      await this.#prepare(connection);
      consumer = await this.#consumer(connection, type);
    } catch (error) {
      this.#forget();
      this.#log.warn({ err: error, type }, "the job queue cannot be read");
      return;
    }
    if (signal.aborted) return;
    const messages = await consumer.fetch({ max_messages: max, expires: pullExpires });
    const stop = () => messages.stop();
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    // Should the server forget the pull, the iterator would wait for ever.
    const late = setTimeout(stop, pullExpires + 2000);
    let came = 0;
    try {
      for await (const message of messages) {
        came += 1;
        const job = this.#read(message);
        if (job === undefined) message.term();
        else yield job;
      }
    } finally {
      clearTimeout(late);
      signal.removeEventListener("abort", stop);
      messages.stop();
      // A consumer that is gone gives nothing, and does not always say why.
      if (came === 0) this.#consumers.delete(type);
    }
  }

  #read(message: JsMsg): QueuedJob | undefined {
    const id = message.subject.split(".").at(-1);
    try {
      const { attempt } = message.json<{ attempt: number }>();
      if (id === undefined || typeof attempt !== "number") return undefined;
      return { id, attempt, acknowledge: () => message.ack(), giveBack: () => message.nak() };
    } catch {
      return undefined;
    }
  }

  async #prepare(connection: NatsConnection): Promise<void> {
    if (this.#ready === connection) return;
    const manager = await connection.jetstreamManager({ timeout: 3000 });
    await ensureStream(manager, this.#stream, `${this.#prefix}.jobs.>`);
    this.#ready = connection;
  }

  async #consumer(connection: NatsConnection, type: string): Promise<Consumer> {
    const known = this.#consumers.get(type);
    if (known !== undefined) return known;
    const manager = await connection.jetstreamManager({ timeout: 3000 });
    await manager.consumers.add(this.#stream, {
      durable_name: type,
      filter_subject: `${this.#prefix}.jobs.${type}.*`,
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(10_000),
      // A job is claimed or it is not: no message is given up on.
      max_deliver: -1,
      max_ack_pending: 10_000,
    });
    const consumer = await connection.jetstream().consumers.get(this.#stream, type);
    if (this.#ready === connection) this.#consumers.set(type, consumer);
    return consumer;
  }
}

async function ensureStream(manager: JetStreamManager, name: string, subject: string): Promise<void> {
  const config = {
    name,
    subjects: [subject],
    retention: RetentionPolicy.Workqueue,
    storage: StorageType.File,
    discard: DiscardPolicy.Old,
    max_msgs_per_subject: 1,
    // A message that nobody wants for a day is noise: the job is rung again anyway while it waits.
    max_age: nanos(24 * 3600 * 1000),
    duplicate_window: nanos(60_000),
  };
  try {
    await manager.streams.add(config);
  } catch (error) {
    // It is there, made by another version of this program.
    await manager.streams.update(name, config).catch(() => {
      throw error;
    });
  }
}
