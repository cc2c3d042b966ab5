import { BlockList, isIP } from "node:net";
import type { ProxiesConfig } from "@uws/config";
import parseForwarded from "forwarded-parse";

/** How a client asked, beyond the proxies that are trusted. */
export interface Client {
  /** Its address, or that of the first proxy that is not trusted. */
  readonly address: string;
  readonly protocol: "http" | "https";
  /** The host, perhaps with a port, that it asked; null where it named none. Not checked. */
  readonly host: string | null;
}

/** What one proxy says of the connection to it. */
interface Hop {
  readonly address: string | undefined;
  readonly protocol: string | undefined;
  readonly host: string | undefined;
}

/** Proxies that are followed back; a longer row is nobody's. */
const maxHops = 20;

/**
 * Finds out how the client asked: from the connection, or from what proxies say that are trusted. Each proxy in a row adds
 * what it saw at the end, so that the row is read from its end for as long as a trusted proxy has said it: what stands
 * before, anybody can have written.
 * @returns a function of the headers and the peer's address
 */
export function clientOf({ trusted, headers: kind }: ProxiesConfig): (headers: Headers, peer: string) => Client {
  const ranges = new BlockList();
  for (const { address, prefix, family } of trusted) ranges.addSubnet(address, prefix, family);
  const isTrusted = (address: string) => {
    const family = isIP(address);
    return family !== 0 && ranges.check(address, family === 4 ? "ipv4" : "ipv6");
  };
  return (headers, peer) => {
    let client: Client = { address: peer, protocol: "http", host: headers.get("host") };
    if (trusted.length === 0 || !isTrusted(peer)) return client;
    const hops = kind === "forwarded" ? forwarded(headers) : xForwarded(headers);
    for (const { address, protocol, host } of hops.slice(-maxHops).toReversed()) {
      client = {
        address: address ?? client.address,
        protocol: protocol === undefined ? client.protocol : protocol === "https" ? "https" : "http",
        host: host ?? client.host,
      };
      if (address === undefined || !isTrusted(address)) break;
    }
    return client;
  };
}

/** RFC 7239, section 4. What cannot be read says nothing. */
function forwarded(headers: Headers): Hop[] {
  const text = headers.get("forwarded");
  if (text === null) return [];
  try {
    return parseForwarded(text).map((hop) => ({
      address: hop.for === undefined ? undefined : addressOf(hop.for),
      protocol: hop.proto?.toLowerCase(),
      host: hop.host,
    }));
  } catch {
    return [];
  }
}

/** The usual headers before there was a standard. Proxies add to the first, and to the others or replace them. */
function xForwarded(headers: Headers): Hop[] {
  const listed = (name: string) =>
    headers
      .get(name)
      ?.split(",")
      .map((item) => item.trim()) ?? [];
  const [addresses, protocols, hosts] = [
    listed("x-forwarded-for"),
    listed("x-forwarded-proto"),
    listed("x-forwarded-host"),
  ];
  const length = Math.max(addresses.length, protocols.length, hosts.length);
  // The same place from the end is the same proxy.
  const at = (items: readonly string[], index: number) => items[items.length - length + index] || undefined;
  return Array.from({ length }, (_, index) => ({
    address: addressOf(at(addresses, index) ?? ""),
    protocol: at(protocols, index)?.toLowerCase(),
    host: at(hosts, index),
  }));
}

/** The address in `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1` and `[2001:db8::1]:80`; undefined where it is hidden. */
function addressOf(node: string): string | undefined {
  const [, bracketed, plain] = /^\[([^\]]*)\](?::\d+)?$|^([^:]*):\d+$/.exec(node) ?? [];
  const address = bracketed ?? plain ?? node;
  return isIP(address) === 0 ? undefined : address;
}
