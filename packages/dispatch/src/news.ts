import type { Phase } from "@uws/core";
import type { NatsConnection } from "nats";
import type { DispatchLog, NatsLink } from "./link.ts";

/** Something changed about a job. Readers look it up in the store; the phase only saves them needless looks. */
export interface JobNews {
  readonly id: string;
  /** The phase in which the job is now; absent when only progress, log or results changed. */
  readonly phase?: Phase;
  readonly gone?: true;
}

/** An attempt must stop: its token is no longer valid. */
export interface CancelNews {
  readonly token: string;
  readonly reason: "aborted" | "timed_out" | "destroyed" | "fenced";
}

/**
 * News over core NATS: heard by who listens at that moment, lost by the others. Who misses them finds out by the next
 * heartbeat (cancels) or by the next look (waiters).
 */
export class News {
  readonly #link: NatsLink;
  readonly #prefix: string;
  readonly #log: DispatchLog;

  constructor(link: NatsLink, prefix: string, log: DispatchLog) {
    this.#link = link;
    this.#prefix = prefix;
    this.#log = log;
  }

  /** Tells everybody that jobs changed. */
  tell(news: readonly JobNews[]): void {
    this.#publish("news", news);
  }

  /** Tells the gateways that attempts must stop. */
  cancel(cancels: readonly CancelNews[]): void {
    this.#publish("cancel", cancels);
  }

  /** Calls back for each change of a job, from whatever process. */
  onJob(listener: (news: JobNews) => void): void {
    this.#subscribe("news", listener);
  }

  /** Calls back for each attempt that must stop. */
  onCancel(listener: (cancel: CancelNews) => void): void {
    this.#subscribe("cancel", listener);
  }

  #publish(topic: string, items: readonly unknown[]): void {
    const connection = this.#link.connection;
    if (connection === undefined || items.length === 0) return;
    try {
      // One message may carry many, but must stay well below the payload limit of 1 MB.
      for (let start = 0; start < items.length; start += 1000) {
        connection.publish(`${this.#prefix}.${topic}`, JSON.stringify(items.slice(start, start + 1000)));
      }
    } catch (error) {
      this.#log.warn({ err: error }, "news could not be told");
    }
  }

  #subscribe<Item>(topic: string, listener: (item: Item) => void): void {
    // A connection that comes back keeps its subscriptions; only a new one needs them.
    const subscribed = new WeakSet<NatsConnection>();
    this.#link.onConnected((connection) => {
      if (subscribed.has(connection)) return;
      subscribed.add(connection);
      connection.subscribe(`${this.#prefix}.${topic}`, {
        callback: (error, message) => {
          if (error !== null) return;
          try {
            for (const item of message.json<Item[]>()) listener(item);
          } catch (cause) {
            this.#log.warn({ err: cause, topic }, "news could not be read");
          }
        },
      });
    });
  }
}
