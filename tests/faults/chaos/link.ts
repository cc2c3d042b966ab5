import { connect, createServer, type Socket } from "node:net";

/** What a link does with its bytes: both ways, with a delay, one way only (half open), not at all. */
type Weather = "clear" | "slow" | "half-open" | "black-hole";

/** A TCP link between two processes, which can go wrong. */
export class Link {
  readonly port: number;
  readonly #close: () => void;
  readonly #pairs: Set<readonly [Socket, Socket]>;
  #weather: Weather = "clear";

  private constructor(port: number, pairs: Set<readonly [Socket, Socket]>, close: () => void) {
    this.port = port;
    this.#pairs = pairs;
    this.#close = close;
  }

  /** @param target the port on this machine to which connections go */
  static async to(target: number): Promise<Link> {
    const pairs = new Set<readonly [Socket, Socket]>();
    let link: Link | undefined;
    const server = createServer((client) => {
      const pair = [client, connect(target, "127.0.0.1")] as const;
      pairs.add(pair);
      for (const [index, socket] of pair.entries()) {
        const other = pair[1 - index] as Socket;
        // What is held back by the weather comes in order, later.
        let ahead = Promise.resolve();
        socket.on("data", (bytes: Buffer) => {
          ahead = ahead.then(async () => {
            await link?.pass(index === 1);
            if (!other.destroyed) other.write(bytes);
          });
        });
        socket.on("error", () => socket.destroy());
        socket.on("close", () => {
          other.destroy();
          pairs.delete(pair);
        });
      }
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    link = new Link(typeof address === "object" ? (address?.port ?? 0) : 0, pairs, () => server.close());
    return link;
  }

  set weather(weather: Weather) {
    this.#weather = weather;
  }

  /** Resolves when bytes may go on. @param back from the server to the client */
  async pass(back: boolean): Promise<void> {
    const held = () => this.#weather === "black-hole" || (this.#weather === "half-open" && back);
    if (this.#weather === "slow") await Bun.sleep(50);
    while (held()) await Bun.sleep(20);
  }

  /** Breaks every connection. */
  cut(): void {
    for (const [client, server] of this.#pairs) {
      client.destroy();
      server.destroy();
    }
  }

  close(): void {
    this.#weather = "clear";
    this.#close();
    this.cut();
  }
}
