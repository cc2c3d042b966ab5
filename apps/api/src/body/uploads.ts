import { type BlobStore, newBlobKey } from "@uws/blobs";
import type { Upload } from "@uws/core";

/** The files that come with one request, on their way to storage. */
export class Uploads {
  readonly #blobs: BlobStore;
  readonly #job: string;
  readonly #maxBytes: number;
  /** SHA-256 by key. */
  readonly #stored = new Map<string, string | undefined>();

  /** @param job to which they will belong */
  constructor(blobs: BlobStore, job: string, maxBytes: number) {
    this.#blobs = blobs;
    this.#job = job;
    this.#maxBytes = maxBytes;
  }

  /** Stores a file as fast as storage takes it. */
  async store(source: AsyncIterable<Uint8Array>, about: Pick<Upload, "mediaType" | "filename">): Promise<Upload> {
    const key = newBlobKey(this.#job);
    this.#stored.set(key, undefined);
    const { size, sha256 } = await this.#blobs.put(key, source, this.#maxBytes);
    this.#stored.set(key, sha256);
    return { key, mediaType: about.mediaType, filename: about.filename, size };
  }

  /** The hexadecimal SHA-256 of a file that was stored here. */
  sha256({ key }: Upload): string | undefined {
    return this.#stored.get(key);
  }

  async discard(...keys: readonly string[]): Promise<void> {
    await Promise.all(keys.map((key) => this.#blobs.delete(key)));
  }

  /** Removes all that was stored: the request has failed. */
  async discardAll(): Promise<void> {
    await this.discard(...this.#stored.keys());
  }
}
