import { randomBytes } from "node:crypto";

/** A random password that needs no escaping in URLs, configuration files or SQL: 192 bits in hexadecimal. */
export function newSecret(): string {
  return randomBytes(24).toString("hex");
}
