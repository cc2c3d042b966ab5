import type { Socket } from "node:net";
import { SettledWindows } from "./settled-windows.ts";

/**
 * A client's connection, whose HTTP/2 passes through SettledWindows; else it is the socket itself, TLS and all.
 * Bun's HTTP/2 takes a socket's bytes behind JavaScript's back unless there is no `_handle`.
 */
export function settledSocket(socket: Socket): Socket {
  const windows = new SettledWindows();
  const settled: Socket = new Proxy(socket, {
    get(_, name) {
      if (name === "_handle") return undefined;
      if (name === "write") return write;
      if (name === "on") return on;
      const value = Reflect.get(socket, name, socket);
      return typeof value === "function" ? value.bind(socket) : value;
    },
    set: (_, name, value) => Reflect.set(socket, name, value, socket),
  });

  function write(bytes: Uint8Array, ...more: unknown[]): boolean {
    windows.fromServer(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    return Reflect.apply(socket.write, socket, [bytes, ...more]);
  }

  function on(event: string, listener: (...values: unknown[]) => void): Socket {
    if (event !== "data") socket.on(event, listener);
    else {
      socket.on("data", (arrived: Buffer) => {
        const read = windows.fromClient(arrived);
        if (read.length > 0) listener(read);
      });
    }
    return settled;
  }

  return settled;
}
