import type { Socket } from "bun";

/** The answer to a request. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  /** performance.now() when it was there. */
  readonly at: number;
}

interface Line {
  pending: PromiseWithResolvers<Answer> | undefined;
  received: string;
}

/**
 * Thousands of HTTP clients in one process, each with a connection of its own that it keeps. Raw sockets, since `fetch` has
 * not more than 256 requests at once in one process.
 */
export class LongPolls {
  readonly #host: string;
  readonly #sockets: readonly Socket<Line>[];

  private constructor(host: string, sockets: readonly Socket<Line>[]) {
    this.#host = host;
    this.#sockets = sockets;
  }

  static async open(url: string, count: number): Promise<LongPolls> {
    const { hostname, host, port } = new URL(url);
    const sockets: Socket<Line>[] = [];
    // A listening socket's queue of new connections is short.
    while (sockets.length < count) {
      const some = Math.min(200, count - sockets.length);
      sockets.push(...(await Promise.all(Array.from({ length: some }, () => connected(hostname, Number(port))))));
    }
    return new LongPolls(host, sockets);
  }

  get size(): number {
    return this.#sockets.length;
  }

  /** Sends a GET on one of the connections, on which no other one may be open. */
  get(index: number, url: string): Promise<Answer> {
    const socket = this.#sockets[index];
    if (socket === undefined) throw new Error(`there is no connection ${index}`);
    const { pathname, search } = new URL(url);
    const pending = Promise.withResolvers<Answer>();
    socket.data.pending = pending;
    socket.write(`GET ${pathname}${search} HTTP/1.1\r\nHost: ${this.#host}\r\n\r\n`);
    return pending.promise;
  }

  /** The clients leave, without a word. */
  close(): void {
    for (const socket of this.#sockets) {
      // Nobody is told of the answers that will not come.
      socket.data.pending = undefined;
      socket.terminate();
    }
  }
}

async function connected(hostname: string, port: number): Promise<Socket<Line>> {
  return await Bun.connect<Line>({
    hostname,
    port,
    data: { pending: undefined, received: "" },
    socket: {
      data(socket, bytes) {
        const line = socket.data;
        line.received += bytes.toString("latin1");
        const head = line.received.indexOf("\r\n\r\n");
        if (head < 0) return;
        const length = Number(/^content-length: (\d+)/im.exec(line.received.slice(0, head))?.[1]);
        if (Number.isNaN(length)) line.pending?.reject(new Error(`no Content-Length:\n${line.received}`));
        if (line.received.length < head + 4 + length) return;
        const status = Number(line.received.slice(9, 12));
        const body = line.received.slice(head + 4, head + 4 + length);
        line.received = line.received.slice(head + 4 + length);
        line.pending?.resolve({ status, body, at: performance.now() });
      },
      close(socket) {
        socket.data.pending?.reject(new Error("the server has closed the connection"));
      },
    },
  });
}
