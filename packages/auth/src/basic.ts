import { createHmac, randomBytes } from "node:crypto";
import { Remembered, UwsError } from "@uws/core";
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
  /** By keyed hashes of name, password and what is stored; those who send the same at once are checked once. */
  readonly #right = new Remembered<void>(rememberedFor, remembered);
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
    const key = createHmac("sha256", this.#key)
      .update(JSON.stringify([name, password, stored]))
      .digest("base64");
    await this.#right.get(key, () => this.#check(password, stored));
    return { owner: name };
  }

  /** @throws UwsError "unauthenticated", or "unavailable" where too many are being checked */
  async #check(password: string, stored: string | undefined): Promise<void> {
    if (this.#pending >= pendingLimit) throw new UwsError("unavailable", "Too many passwords are being checked.");
    this.#pending += 1;
    try {
      // An unknown user takes as long as a wrong password.
      this.#nobody ??= hashPassword(randomBytes(16).toString("hex"));
      const right = await Bun.password.verify(password, stored ?? (await this.#nobody));
      if (!right || stored === undefined) {
        throw new UwsError("unauthenticated", "The name or the password is wrong.");
      }
    } finally {
      this.#pending -= 1;
    }
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
