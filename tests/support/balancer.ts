import { connect, createServer, type Socket } from "node:net";

/** What stands before several servers: a connection goes to the first of them that takes it. */
export interface Balancer {
  /** http://127.0.0.1:port */
  readonly url: string;
  close(): void;
}

/** Milliseconds after which a connection that nobody takes is closed. */
const patience = 5000;

async function isReady(port: number): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
  return answer?.ok === true;
}

/**
 * A load balancer for tests, of TCP connections, round robin among those that say that they are ready. Whoever refuses a
 * connection is passed over.
 */
export async function startBalancer(all: readonly number[]): Promise<Balancer> {
  let ports = all;
  const looking = setInterval(() => {
    void Promise.all(all.map(isReady)).then((ready) => {
      const some = all.filter((_, index) => ready[index]);
      ports = some.length === 0 ? all : some;
    });
  }, 100);
  const open = new Set<Socket>();
  let turn = 0;
  const keep = (socket: Socket) => {
    open.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => open.delete(socket));
  };
  const forward = (client: Socket, tries: number, until: number) => {
    turn += 1;
    const server = connect({ host: "127.0.0.1", port: ports[turn % ports.length] ?? 0, allowHalfOpen: true });
    server.once("error", () => {
      if (performance.now() > until) client.destroy();
      // All of them were asked: one of them is about to come.
      else if (tries % ports.length === 0) setTimeout(() => forward(client, tries + 1, until), 20);
      else forward(client, tries + 1, until);
    });
    server.once("connect", () => {
      server.removeAllListeners("error");
      keep(server);
      client.pipe(server).pipe(client);
      client.on("close", () => server.destroy());
      server.on("close", () => client.destroy());
    });
  };
  const listener = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
    keep(client);
    forward(client, 1, performance.now() + patience);
  });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const address = listener.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`,
    close() {
      clearInterval(looking);
      listener.close();
      for (const socket of open) socket.destroy();
    },
  };
}
