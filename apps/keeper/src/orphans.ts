import { type BlobStore, jobOfBlob, type ListedBlob } from "@uws/blobs";
import { isJobId, neededBlobs, type Store } from "@uws/store";

export interface OrphansOptions {
  readonly store: Store;
  readonly blobs: BlobStore;
  /** Milliseconds: younger files may belong to a request that is under way. */
  readonly age: number;
  /** Milliseconds between two walks through all files. */
  readonly rest: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/**
 * Stored files that belong to no job: a process that is killed after it has stored a file, and before the row that needs it
 * is there, leaves one. Nobody else can know of them, so all files are looked at, a part at each sweep.
 *
 * ```
 *   resting ──so long ago──► walking ──the last file──► resting
 * ```
 */
export class Orphans {
  readonly #options: OrphansOptions;
  readonly #now: () => number;
  #walk: AsyncIterator<ListedBlob> | undefined;
  #next = 0;

  constructor(options: OrphansOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /**
   * Looks at so many files at most, and removes those that nobody needs. Two keepers may do the same; nothing comes of it.
   * @returns how many were removed
   */
  async sweep(limit: number): Promise<number> {
    if (this.#walk === undefined && this.#now() < this.#next) return 0;
    this.#walk ??= this.#options.blobs.list()[Symbol.asyncIterator]();
    try {
      return await this.#remove(await this.#old(this.#walk, limit));
    } catch (error) {
      // From the beginning, at the next look: the walk does not go on behind an error, and leaves no folder open.
      await this.#walk?.return?.();
      this.#walk = undefined;
      throw error;
    }
  }

  /** Of the next files of the walk, the keys of those that are old enough. */
  async #old(walk: AsyncIterator<ListedBlob>, limit: number): Promise<string[]> {
    const oldest = this.#now() - this.#options.age;
    const keys: string[] = [];
    for (let looked = 0; looked < limit; looked += 1) {
      const { done, value } = await walk.next();
      if (done === true) {
        this.#walk = undefined;
        this.#next = this.#now() + this.#options.rest;
        break;
      }
      if (value.modified.getTime() < oldest) keys.push(value.key);
    }
    return keys;
  }

  async #remove(keys: readonly string[]): Promise<number> {
    const { store, blobs } = this.#options;
    const jobs = new Set(keys.flatMap((key) => jobOfBlob(key) ?? []).filter(isJobId));
    if (jobs.size === 0) return 0;
    const needed = await neededBlobs(store, [...jobs]);
    // What is not of our making is not ours to remove.
    const orphans = keys.filter((key) => !needed.has(key) && jobs.has(jobOfBlob(key) ?? ""));
    for (const key of orphans) await blobs.delete(key);
    return orphans.length;
  }
}
