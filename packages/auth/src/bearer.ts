import { UwsError } from "@uws/core";
import { findUserToken, hashToken, isUserToken, type Store } from "@uws/store";
import type { Authenticator, Identity } from "./authenticator.ts";

/** The token in `Authorization: Bearer …` (RFC 6750, section 2.1); undefined where there is none. */
export function bearerToken({ headers }: Request): string | undefined {
  return /^Bearer +([!-~]{1,500})$/i.exec(headers.get("authorization")?.trim() ?? "")?.[1];
}

/**
 * Tokens by which programs log in as a user (RFC 6750). Their row is read with every request, so that a removed token, or
 * one of a removed user, counts no more at once. Other bearers are left to others: workers have tokens, too.
 *
 * Only hashes are compared, in an index: the time that it takes tells nothing about a token.
 */
export class BearerAuthenticator implements Authenticator {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async authenticate(request: Request): Promise<Identity | undefined> {
    const token = bearerToken(request);
    if (token === undefined || !isUserToken(token)) return undefined;
    const known = await findUserToken(this.#store, hashToken(token));
    if (known === undefined) {
      throw new UwsError("unauthenticated", "The token is not valid: it is unknown, or removed, or has expired.");
    }
    const { owner, name, readOnly, services } = known;
    return { owner, scope: { token: name, readOnly, services: services === null ? undefined : new Set(services) } };
  }
}
