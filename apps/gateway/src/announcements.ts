import type { Config } from "@uws/config";
import { UwsError } from "@uws/core";
import { type JobDescription, meaningDigest, parseDescription } from "@uws/description";
import { announceDescription, type Store } from "@uws/store";
import type { Logger } from "pino";

/** What a worker may announce in its Hello, and what is kept of all workers. */
export const announcementLimits = {
  /** Descriptions in one Hello: as many as there may be job types. */
  descriptions: 100,
  /** Bytes of one. */
  bytes: 256 * 1024,
  /** Announced descriptions that are kept, whatever has become of them. */
  kept: 1000,
};

/** Who announces: as it is connected. */
export interface Announcer {
  readonly worker: string;
  /** Name of its token; empty = none was needed. */
  readonly token: string;
  /** Job types of its Hello, which its token covers. */
  readonly types: ReadonlySet<string>;
}

const refusals = {
  changed: "its version means something else already; change the version",
  full: `${announcementLimits.kept} announced descriptions are kept, which is as many as may be`,
  rejected: "an operator has rejected it",
};

/**
 * Takes the job descriptions that a worker announces in its Hello, as the operator has it (`announced`): each is checked as any
 * description is, and kept once however often it is announced.
 *
 * The protocol has no word for the answer: what is refused is in this process's log, and the worker runs what jobs there are.
 */
export class Announcements {
  readonly #store: Store;
  readonly #mode: Config["announced"];
  /** What was taken already, so that a worker that connects again costs nothing: texts, by their hash. */
  readonly #taken = new Set<string>();

  constructor(store: Store, mode: Config["announced"]) {
    this.#store = store;
    this.#mode = mode;
  }

  /** Never throws: a worker is no worse for what it announces. */
  async take(texts: readonly string[], announcer: Announcer, log: Logger): Promise<void> {
    if (texts.length === 0) return;
    if (this.#mode === "ignore") {
      log.debug({ descriptions: texts.length }, "announced descriptions are ignored");
      return;
    }
    if (texts.length > announcementLimits.descriptions) {
      log.warn({ descriptions: texts.length }, "announced descriptions are refused: there are too many in one Hello");
      return;
    }
    for (const text of texts) {
      // One after the other, and others between: to check a schema takes a while.
      await new Promise(setImmediate);
      await this.#takeOne(text, announcer, log);
    }
  }

  async #takeOne(text: string, announcer: Announcer, log: Logger): Promise<void> {
    const hash = new Bun.CryptoHasher("sha256").update(text).digest("hex");
    if (this.#taken.has(hash)) return;
    try {
      const description = read(text, announcer);
      const { digest, name: type, version, document } = description;
      const told = { digest, type, version };
      const state = await announceDescription(
        this.#store,
        {
          ...{ digest, type, version, meaning: meaningDigest(document), document, worker: announcer.worker },
          token: announcer.token === "" ? undefined : announcer.token,
        },
        this.#mode === "accept",
        announcementLimits.kept,
      );
      if (state === "accepted") {
        // An operator may change what is held or rejected; what is accepted is taken for good.
        if (this.#taken.size >= announcementLimits.kept) this.#taken.clear();
        this.#taken.add(hash);
        log.info(told, "an announced description is accepted");
      } else if (state === "held") log.info(told, "an announced description waits for an operator");
      else log.warn({ ...told, reason: refusals[state] }, "an announced description is refused");
    } catch (error) {
      if (error instanceof UwsError) log.warn({ reason: error.message }, "an announced description is refused");
      else
        log.warn({ err: error }, "an announced description could not be kept; it is taken when it is announced again");
    }
  }
}

function read(text: string, { types }: Announcer): JobDescription {
  const bytes = Buffer.byteLength(text);
  if (bytes > announcementLimits.bytes) {
    throw new UwsError("invalid", `announced: it has ${bytes} bytes; at most ${announcementLimits.bytes} are allowed`);
  }
  const description = parseDescription(text, "announced");
  if (types.has(description.name)) return description;
  throw new UwsError("invalid", `announced: name: the worker does not run the job type ${description.name}`);
}
