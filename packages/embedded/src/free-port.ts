import { createServer } from "node:net";

/**
 * A TCP port of 127.0.0.1 that nobody listens on at this moment. Somebody may take it before our server does, so callers
 * that chose the port themselves try again with another when the server says that its address is in use.
 */
export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
