import { isIP, isIPv4 } from "node:net";

/** Where the gateway is, and whether TLS is spoken there. */
export interface GatewayAddress {
  /** host:port, an IPv6 host in brackets. */
  readonly target: string;
  /** Without brackets. */
  readonly host: string;
  /** `https://` or `grpcs://` was said. */
  readonly encrypted: boolean;
}

const pattern = /^(?:(https|grpcs):\/\/)?(\[[0-9a-f:.]+\]|[^\s:/[\]@]+):(\d{1,5})\/?$/i;

/**
 * Reads `host:port` (plain text), `https://host:port` or `grpcs://host:port` (TLS).
 * @throws TypeError that says what is allowed
 */
export function parseGatewayAddress(text: string): GatewayAddress {
  const [, scheme, name, port] = pattern.exec(text) ?? [];
  if (name === undefined || port === undefined || Number(port) > 65_535) {
    const given = JSON.stringify(text.slice(0, 200));
    throw new TypeError(
      `the gateway (UWS_GATEWAY) must be https://host:port, or host:port for plain text, not ${given}`,
    );
  }
  const host = name.startsWith("[") ? name.slice(1, -1) : name;
  return { target: `${name}:${port}`, host, encrypted: scheme !== undefined };
}

/** Whether what is sent there never leaves this machine. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIPv4(host) && host.startsWith("127."));
}

/** Whether the host is an address and no name. */
export function isAddress(host: string): boolean {
  return isIP(host) !== 0;
}
