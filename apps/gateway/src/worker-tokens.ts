import { UwsError } from "@uws/core";
import { findWorkerTokens, hashToken, type Store } from "@uws/store";
import type { Logger } from "pino";
import { Batcher } from "./batcher.ts";

/** Whoever sent a valid token. */
export interface Bearer {
  /** The token's name, for logs. */
  readonly name: string;
  /** Job types that it may run; undefined = all. */
  readonly types: ReadonlySet<string> | undefined;
}

/** Tokens that are looked up at once at most; beyond that, workers are asked to come again. */
const maxLookups = 1000;

/**
 * The tokens that let workers in. A valid one is remembered and looked at again every `interval` milliseconds, all
 * together in one statement; when it was removed or has expired, its bearer is told of. Others are never remembered, so
 * that a new token counts at once.
 *
 * Only hashes are compared, in an index: the time that it takes tells nothing about a token.
 */
export class WorkerTokens {
  readonly #store: Store;
  readonly #interval: number;
  readonly #log: Logger;
  readonly #onInvalid: (bearer: Bearer) => void;
  readonly #lookups: Batcher<string, Bearer | undefined>;
  readonly #own = new Map<string, Bearer>();
  readonly #valid = new Map<string, Bearer>();
  #looking = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;

  /**
   * @param own a token beside those that are stored, valid as long as this process runs
   * @param onInvalid told of a bearer whose token is valid no more
   */
  constructor(
    store: Store,
    interval: number,
    log: Logger,
    own: { token: string; types: readonly string[] } | undefined,
    onInvalid: (bearer: Bearer) => void,
  ) {
    this.#store = store;
    this.#interval = interval;
    this.#log = log;
    this.#onInvalid = onInvalid;
    if (own !== undefined) {
      this.#own.set(hashToken(own.token), { name: "(this process)", types: new Set(own.types) });
    }
    this.#lookups = new Batcher((hashes) => this.#lookUp(hashes));
    this.#schedule();
  }

  /**
   * Who sends this token.
   * @throws UwsError "unauthenticated", "unavailable"
   */
  async bearerOf(token: string): Promise<Bearer> {
    const hash = hashToken(token);
    const bearer = this.#own.get(hash) ?? this.#valid.get(hash) ?? (await this.#find(hash));
    if (bearer !== undefined) return bearer;
    throw new UwsError(
      "unauthenticated",
      "The worker's token is not valid: it is unknown, or removed, or has expired.",
    );
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #find(hash: string): Promise<Bearer | undefined> {
    if (this.#looking >= maxLookups) throw new UwsError("unavailable", "Too many workers connect at once; try again.");
    this.#looking += 1;
    try {
      return await this.#lookups.add(hash);
    } catch (error) {
      this.#log.warn({ err: error }, "a worker's token could not be looked up; it will come again");
      throw new UwsError("unavailable", "The server cannot look up tokens now; try again.");
    } finally {
      this.#looking -= 1;
    }
  }

  async #lookUp(hashes: readonly string[]): Promise<(Bearer | undefined)[]> {
    for (const { hash, name, types } of await findWorkerTokens(this.#store, hashes)) {
      // A token is one bearer, whichever call was first.
      if (!this.#valid.has(hash)) this.#valid.set(hash, { name, types: types === null ? undefined : new Set(types) });
    }
    return hashes.map((hash) => this.#valid.get(hash));
  }

  #schedule(): void {
    this.#timer = setTimeout(() => {
      this.#check()
        .catch((error) => this.#log.warn({ err: error }, "the workers' tokens could not be checked; they stay valid"))
        .finally(() => {
          if (!this.#stopped) this.#schedule();
        });
    }, this.#interval);
  }

  async #check(): Promise<void> {
    const hashes = [...this.#valid.keys()];
    if (hashes.length === 0) return;
    const stillValid = new Set((await findWorkerTokens(this.#store, hashes)).map(({ hash }) => hash));
    for (const hash of hashes) {
      const bearer = this.#valid.get(hash);
      if (bearer === undefined || stillValid.has(hash)) continue;
      this.#valid.delete(hash);
      this.#onInvalid(bearer);
    }
  }
}
