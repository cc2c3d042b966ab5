import { type AddressInfo, createServer, type Server as NetServer, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket } from "node:tls";
import { type Server, ServerCredentials } from "@grpc/grpc-js";
import { settledSocket } from "./settled-socket.ts";

/** A port on which a gRPC server is reached. */
export interface GrpcListener {
  readonly port: number;
  /** Takes no more connections. Those that are open are the gRPC server's. */
  stop(): void;
}

/**
 * What `server.bindAsync` does, for clients that enlarge their windows while they are connected: grpc-go and the C core
 * do, and wait for ever for what Bun's HTTP/2 then does not send.
 * @param host an address to listen on, or a name for one; IPv6 without brackets
 * @param port 0 = a free one
 * @throws Error of `listen`, e.g. EADDRINUSE
 */
export async function listen(
  server: Server,
  host: string,
  port: number,
  credentials: ServerCredentials,
): Promise<GrpcListener> {
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const take = (socket: Socket) => injector.injectConnection(settledSocket(socket));
  const listener = credentials._isSecure() ? tlsServer(credentials, take) : createServer({ noDelay: true }, take);
  await new Promise<void>((resolve, reject) => {
    listener.once("error", reject);
    listener.listen({ host, port }, resolve);
  });
  return { port: (listener.address() as AddressInfo).port, stop: () => void listener.close() };
}

function tlsServer(credentials: ServerCredentials, take: (socket: TLSSocket) => void): NetServer {
  const options = { ...credentials._getConstructorOptions(), ...credentials._getSecureContextOptions() };
  const server = createTlsServer({ ...options, ALPNProtocols: ["h2"], noDelay: true }, (socket) => {
    if (socket.alpnProtocol === "h2") take(socket);
    else socket.destroy();
  });
  const renew: Parameters<ServerCredentials["_addWatcher"]>[0] = (context) => {
    if (context !== null) server.setSecureContext(context);
  };
  credentials._addWatcher(renew);
  server.on("close", () => credentials._removeWatcher(renew));
  return server;
}
