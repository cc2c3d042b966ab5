import { readFileSync } from "node:fs";
import type { ConnectionOptions, TlsOptions } from "./connection.ts";
import { parseGatewayAddress } from "./gateway-address.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where to connect, and how: from the options, else from UWS_GATEWAY, UWS_TOKEN, UWS_CA, UWS_CERTIFICATE and UWS_KEY
 * (the last three name PEM files).
 * @throws TypeError that names the variable or the option
 */
export function connectionOptions(
  given: { address?: string | undefined; token?: string | undefined; tls?: TlsOptions | undefined },
  environment: Environment,
): ConnectionOptions {
  const address = parseGatewayAddress(given.address ?? (environment.UWS_GATEWAY || "127.0.0.1:50051"));
  const token = given.token ?? (environment.UWS_TOKEN || undefined);
  if (given.tls !== undefined) return { address, token, tls: given.tls };
  if (address.encrypted) return { address, token, tls: tlsFromFiles(environment) };
  // Whoever names an authority or a certificate counts on TLS: to go on without it would be a trap.
  const named = ["UWS_CA", "UWS_CERTIFICATE", "UWS_KEY"].find((name) => environment[name]);
  if (named !== undefined) {
    throw new TypeError(`${named} is for TLS, and ${address.target} is plain text: say https://${address.target}`);
  }
  return { address, token, tls: undefined };
}

function tlsFromFiles(environment: Environment): TlsOptions {
  const ca = read(environment, "UWS_CA");
  const cert = read(environment, "UWS_CERTIFICATE");
  const key = read(environment, "UWS_KEY");
  if ((cert === undefined) !== (key === undefined)) {
    throw new TypeError("UWS_CERTIFICATE and UWS_KEY go together: the worker's certificate and its private key");
  }
  return { ...(ca === undefined ? {} : { ca }), ...(cert === undefined || key === undefined ? {} : { cert, key }) };
}

function read(environment: Environment, name: string): Buffer | undefined {
  const file = environment[name];
  if (!file) return undefined;
  try {
    return readFileSync(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TypeError(`${name}: ${file} cannot be read: ${reason}`);
  }
}
