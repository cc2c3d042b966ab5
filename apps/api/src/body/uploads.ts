import { type BlobStore, newBlobKey } from "@uws/blobs";
import { type Upload, UwsError } from "@uws/core";
import { fileLimit, type JobDescription, takesFile } from "@uws/description";
import type { ServiceExchange } from "../exchange.ts";

/**
 * For the files of a request about a job, within the limits of its description and of the server.
 * @param types its type, or those that it may yet have: a file may come before its type is known, and what is too large for the
 *   one that is chosen then is refused with the parameters
 */
export function uploadsFor({ api }: ServiceExchange, job: string, types: readonly JobDescription[]): Uploads {
  const most = api.config.uploadBytes;
  const limitOf = (name: string) => {
    const takers = types.filter((type) => takesFile(type, name));
    if (takers.length === 0) return most;
    return Math.min(most, Math.max(...takers.map((type) => fileLimit(type, name) ?? most)));
  };
  return new Uploads(api.blobs, job, limitOf);
}

/** The files that come with one request, on their way to storage. */
export class Uploads {
  readonly #blobs: BlobStore;
  readonly #job: string;
  readonly #limitOf: (name: string) => number;
  /** SHA-256 by key. */
  readonly #stored = new Map<string, string | undefined>();

  /**
   * @param job to which they will belong
   * @param limitOf bytes that a file for a parameter may have
   */
  constructor(blobs: BlobStore, job: string, limitOf: (name: string) => number) {
    this.#blobs = blobs;
    this.#job = job;
    this.#limitOf = limitOf;
  }

  /**
   * Stores a file as fast as storage takes it.
   * @param name of its parameter
   * @throws UwsError "too_large"
   */
  async store(
    name: string,
    source: AsyncIterable<Uint8Array>,
    about: Pick<Upload, "mediaType" | "filename">,
  ): Promise<Upload> {
    const key = newBlobKey(this.#job);
    const maxBytes = this.#limitOf(name);
    this.#stored.set(key, undefined);
    const { size, sha256 } = await this.#blobs.put(key, source, maxBytes).catch((error) => {
      throw error instanceof UwsError && error.code === "too_large"
        ? new UwsError("too_large", `${name}: must not be larger than ${maxBytes} bytes`)
        : error;
    });
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
