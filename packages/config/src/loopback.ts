import { isIPv4 } from "node:net";

/** Whether what is sent to, or heard at, this address never leaves the machine. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host === "[::1]" || (isIPv4(host) && host.startsWith("127."));
}
