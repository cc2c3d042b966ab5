import { createHash, randomBytes } from "node:crypto";

/** How a worker's token begins, so that people and secret scanners know one when they see it. */
const prefix = "uwsw_";

/** A token of 256 random bits for workers. It is shown once; what is kept is its hash. */
export function newWorkerToken(): string {
  return `${prefix}${randomBytes(32).toString("base64url")}`;
}

/** What is kept of a token: its SHA-256, hexadecimal. It is random, so that no slow hash is needed. */
export function hashWorkerToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
