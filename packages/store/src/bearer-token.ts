import { createHash, randomBytes } from "node:crypto";

/** How tokens begin, so that people and secret scanners know one when they see it. */
const prefixes = { worker: "uwsw_", user: "uwsu_" } as const;

/** A token of 256 random bits that lets workers in. It is shown once; what is kept is its hash. */
export function newWorkerToken(): string {
  return newToken("worker");
}

/** One by which a user logs in without the password. */
export function newUserToken(): string {
  return newToken("user");
}

/** Whether a text may be a user's token: others are not looked up. */
export function isUserToken(text: string): boolean {
  return text.startsWith(prefixes.user);
}

/** What is kept of a token: its SHA-256, hexadecimal. It is random, so that no slow hash is needed. */
export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

function newToken(of: keyof typeof prefixes): string {
  return `${prefixes[of]}${randomBytes(32).toString("base64url")}`;
}
