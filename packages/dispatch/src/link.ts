import { connect, type NatsConnection } from "nats";

/** Told what happens to the connection; shaped like a pino logger. */
export interface DispatchLog {
  info(message: string): void;
  warn(details: object, message: string): void;
}

/**
 * A connection to NATS that may be missing at any time.
 *
 * It is made in the background, from the first attempt on, again and again. Whoever uses it asks for `connection` and
 * takes undefined for an answer: NATS is a doorbell, and everything that it says can also be found in PostgreSQL.
 */
export class NatsLink {
  #connection: NatsConnection | undefined;
  #up = false;
  #closed = false;
  readonly #listeners = new Set<(connection: NatsConnection) => void>();
  readonly #log: DispatchLog;
  readonly #opening: Promise<void>;
  readonly #stop = Promise.withResolvers<void>();

  /** @param url nats://user:password@host:port, several separated by commas */
  constructor(url: string, log: DispatchLog) {
    this.#log = log;
    this.#opening = this.#open(url);
  }

  /** The connection, while there is one. */
  get connection(): NatsConnection | undefined {
    return this.#up ? this.#connection : undefined;
  }

  /** Calls back each time the connection is there (again), at once when it is there now. */
  onConnected(listener: (connection: NatsConnection) => void): void {
    this.#listeners.add(listener);
    if (this.connection !== undefined) listener(this.connection);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#up = false;
    this.#stop.resolve();
    await this.#opening;
    await this.#connection?.close();
  }

  async #open(url: string): Promise<void> {
    const servers = url.split(",").map((server) => new URL(server.trim()));
    const { username, password } = servers[0] ?? new URL("nats://127.0.0.1:4222");
    while (!this.#closed) {
      try {
        this.#connection = await connect({
          servers: servers.map((server) => server.host),
          ...(username === "" ? {} : { user: decodeURIComponent(username), pass: decodeURIComponent(password) }),
          name: "bun-uws",
          maxReconnectAttempts: -1,
          reconnectTimeWait: 200,
          reconnectJitter: 100,
          pingInterval: 5000,
          maxPingOut: 2,
          timeout: 3000,
          ignoreClusterUpdates: true,
        });
        break;
      } catch (error) {
        this.#log.warn({ err: error }, "NATS does not answer; jobs are accepted and wait");
        const retry = Promise.withResolvers<void>();
        const timer = setTimeout(retry.resolve, 500);
        await Promise.race([retry.promise, this.#stop.promise]);
        clearTimeout(timer);
      }
    }
    if (this.#connection === undefined) return;
    if (this.#closed) return;
    this.#announce();
    void this.#watch(this.#connection);
  }

  async #watch(connection: NatsConnection): Promise<void> {
    for await (const status of connection.status()) {
      if (status.type === "disconnect") {
        this.#up = false;
        if (!this.#closed) this.#log.warn({}, "NATS is gone; jobs are accepted and wait");
      } else if (status.type === "reconnect") {
        this.#log.info("NATS is back");
        this.#announce();
      }
    }
  }

  #announce(): void {
    if (this.#connection === undefined) return;
    this.#up = true;
    for (const listener of this.#listeners) listener(this.#connection);
  }
}
