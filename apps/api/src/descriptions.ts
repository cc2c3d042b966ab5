import { Remembered } from "@uws/core";
import { type JobDescription, readDescription } from "@uws/description";
import { getDescription, type Store, type StoredJob } from "@uws/store";
import type { Service } from "./service.ts";

/** Descriptions that are no longer current and are remembered at once. */
const olderOnes = 1000;

/**
 * Descriptions of jobs. A job is treated by the one under which it was created, whatever has become of its type since: those
 * that are no service's any more come from the store. They never change.
 */
export class Descriptions {
  readonly #store: Store;
  #current: ReadonlyMap<string, JobDescription> = new Map();
  readonly #older = new Remembered<JobDescription>(Number.POSITIVE_INFINITY, olderOnes);

  constructor(store: Store) {
    this.#store = store;
  }

  /** Takes those of the services as the current ones. */
  replace(services: readonly Service[]): void {
    this.#current = new Map(services.flatMap(({ types }) => types).map((type) => [type.digest, type]));
  }

  async of({ description: digest }: Pick<StoredJob, "description">): Promise<JobDescription> {
    return this.#current.get(digest) ?? (await this.#older.get(digest, () => this.#read(digest)));
  }

  async #read(digest: string): Promise<JobDescription> {
    return readDescription(await getDescription(this.#store, digest), `description ${digest}`);
  }
}
