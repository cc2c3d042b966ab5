import { ServerCredentials } from "@grpc/grpc-js";
import { type Config, ConfigError, isLoopback } from "@uws/config";
import { clientCertificateRequired, TlsCredentials } from "./tls-credentials.ts";

/** How the gateway's connections are protected, and what lets a worker in. */
export interface Protection {
  readonly host: string;
  readonly credentials: ServerCredentials;
  /** Undefined in plain text. */
  readonly tls: TlsCredentials | undefined;
  readonly requireToken: boolean;
  /** One line for the log. */
  readonly description: string;
  /** Something that an operator should have wanted: said as a warning. */
  readonly weak: boolean;
}

/**
 * Reads the protection from the configuration. Plain text is for a loopback address; elsewhere an operator must say so.
 * @throws ConfigError
 */
export function protectionOf(config: Pick<Config, "host" | "grpc">): Protection {
  const { grpc } = config;
  const host = grpc.host ?? config.host;
  const loopback = isLoopback(host);
  if (grpc.tls === undefined && !loopback && !grpc.allowPlainText) {
    throw new ConfigError([
      `grpc.tls: missing; the gateway does not listen in plain text on ${host}, which is not a loopback address. ` +
        "Name certificate and key, or listen on 127.0.0.1 (grpc.host), " +
        "or say grpc.allowPlainText: true where something else encrypts the connection",
    ]);
  }
  const tls = grpc.tls === undefined ? undefined : new TlsCredentials(grpc.tls);
  const certified = grpc.tls !== undefined && clientCertificateRequired(grpc.tls);
  const requireToken = grpc.requireToken ?? (tls !== undefined || !loopback);
  const transport = tls === undefined ? "in plain text" : certified ? "with mutual TLS" : "with TLS";
  const authentication = requireToken
    ? "workers need a token"
    : certified
      ? "workers need a certificate and no token"
      : "without authentication";
  return {
    host,
    credentials: tls ?? ServerCredentials.createInsecure(),
    tls,
    requireToken,
    description: `${transport}, ${authentication}`,
    weak: !loopback && (tls === undefined || !(requireToken || certified)),
  };
}
