import { type BlobStore, newBlobKey } from "@uws/blobs";
import type { Upload } from "@uws/core";

/** The files that come with one request, on their way to storage. */
export class Uploads {
  readonly #blobs: BlobStore;
  readonly #job: string;
  readonly #maxBytes: number;
  readonly #keys: string[] = [];

  /** @param job to which they will belong */
  constructor(blobs: BlobStore, job: string, maxBytes: number) {
    this.#blobs = blobs;
    this.#job = job;
    this.#maxBytes = maxBytes;
  }

  /** Stores a file as fast as storage takes it. */
  async store(source: AsyncIterable<Uint8Array>, about: Pick<Upload, "mediaType" | "filename">): Promise<Upload> {
    const key = newBlobKey(this.#job);
    this.#keys.push(key);
    const { size } = await this.#blobs.put(key, source, this.#maxBytes);
    return { key, mediaType: about.mediaType, filename: about.filename, size };
  }

  async discard(...keys: readonly string[]): Promise<void> {
    await Promise.all(keys.map((key) => this.#blobs.delete(key)));
  }

  /** Removes all that was stored: the request has failed. */
  async discardAll(): Promise<void> {
    await this.discard(...this.#keys);
  }
}
