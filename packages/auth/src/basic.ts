import { createHmac, randomBytes } from "node:crypto";
import { UwsError } from "@uws/core";
import { findPassword, type Store } from "@uws/store";
import type { Authenticator } from "./authenticator.ts";
import { hashPassword } from "./passwords.ts";

/** Milliseconds for which a password that was right is known without hashing it again. */
const rememberedFor = 60_000;
const remembered = 10_000;
/** Hashes that are computed or wait to be, at once: each takes tens of milliseconds of a core and 64 MiB. */
const pendingLimit = 16;

/**
 * HTTP Basic (RFC 7617) with the users of the database. Their row is read with every request, so that a changed password
 * or a removed user counts at once; the slow hash is computed once a minute.
 */
export class BasicAuthenticator implements Authenticator {
  readonly #store: Store;
  readonly #key = randomBytes(32);
  /** Keyed hashes of what was right, and until when by this process's clock. */
  readonly #right = new Map<string, number>();
  #pending = 0;
  #nobody: Promise<string> | undefined;

  constructor(store: Store) {
    this.#store = store;
  }

  async authenticate({ headers }: Request) {
    const given = /^basic +(\S+)$/i.exec(headers.get("authorization")?.trim() ?? "")?.[1];
    if (given === undefined) return undefined;
    const [name, password] = parse(given);
    const stored = await findPassword(this.#store, name);
    if (!(await this.#isRight(name, password, stored))) {
      throw new UwsError("unauthenticated", "The name or the password is wrong.");
    }
    return { owner: name };
  }

  async #isRight(name: string, password: string, stored: string | undefined): Promise<boolean> {
    const key = createHmac("sha256", this.#key)
      .update(JSON.stringify([name, password, stored]))
      .digest("base64");
    if ((this.#right.get(key) ?? 0) > performance.now()) return true;
    if (this.#pending >= pendingLimit) throw new UwsError("unavailable", "Too many passwords are being checked.");
    this.#pending += 1;
    try {
      // An unknown user takes as long as a wrong password.
      this.#nobody ??= hashPassword(randomBytes(16).toString("hex"));
      const right = await Bun.password.verify(password, stored ?? (await this.#nobody));
      if (!right || stored === undefined) return false;
    } finally {
      this.#pending -= 1;
    }
    this.#right.delete(key);
    this.#right.set(key, performance.now() + rememberedFor);
    for (const oldest of this.#right.keys()) {
      if (this.#right.size <= remembered) break;
      this.#right.delete(oldest);
    }
    return true;
  }
}

/** Name and password (RFC 7617, section 2). */
function parse(credentials: string): [name: string, password: string] {
  const bytes = Buffer.from(credentials, "base64");
  const text = bytes.toString("utf8");
  const colon = text.indexOf(":");
  if (colon < 0 || text.includes("\0") || text.length > 4096) {
    throw new UwsError("unauthenticated", "Authorization: must be name:password in base64.");
  }
  return [text.slice(0, colon), text.slice(colon + 1)];
}
