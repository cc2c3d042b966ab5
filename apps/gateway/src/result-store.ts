import { type BlobStore, newBlobKey } from "@uws/blobs";
import { type CheckedResult, limits, UwsError } from "@uws/core";
import type { News } from "@uws/dispatch";
import { type AttemptRef, addResult, type Store } from "@uws/store";

/** Puts results where they belong: bytes into the blob store, the rest into PostgreSQL, then they are visible. */
export class ResultStore {
  readonly #store: Store;
  readonly #blobs: BlobStore;
  readonly #news: News;

  constructor(store: Store, blobs: BlobStore, news: News) {
    this.#store = store;
    this.#blobs = blobs;
    this.#news = news;
  }

  /**
   * Stores a result's bytes.
   * @param sequence of the event that brought it, 0 for none
   * @throws UwsError "fenced", "too_large"; then nothing is kept
   */
  async store(
    attempt: AttemptRef,
    result: CheckedResult,
    bytes: AsyncIterable<Uint8Array>,
    sequence: number,
  ): Promise<{ size: number; sha256: string }> {
    const stored = await this.#blobs.put(newBlobKey(attempt.job), bytes, limits.resultBytes);
    try {
      await this.#add(attempt, { ...result, size: stored.size, location: stored }, sequence);
    } catch (error) {
      await this.#blobs.delete(stored.key);
      throw error;
    }
    return stored;
  }

  /** Remembers where a result is that is kept elsewhere. */
  async refer(attempt: AttemptRef, result: CheckedResult, url: string, size: number, sequence: number): Promise<void> {
    await this.#add(
      attempt,
      { ...result, size: size === 0 ? undefined : size, location: { reference: url } },
      sequence,
    );
  }

  async #add(attempt: AttemptRef, result: Parameters<typeof addResult>[2], sequence: number): Promise<void> {
    const outcome = await addResult(this.#store, attempt, result, sequence);
    if (outcome === "fenced") throw new UwsError("fenced", "The attempt no longer holds its job.");
    if (outcome === "full") throw new UwsError("too_large", `A job has at most ${limits.results} results.`);
    // Who sends a result was heard of, so that an UNKNOWN job runs again.
    this.#news.tell([{ id: attempt.job, phase: "EXECUTING" }]);
  }
}
