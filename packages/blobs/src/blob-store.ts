import { randomUUID } from "node:crypto";

/** What was written. */
export interface StoredBlob {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** Hexadecimal SHA-256 of the bytes. */
  readonly sha256: string;
}

/** What can be read. */
export interface Blob {
  /** Bytes in all. */
  readonly size: number;
  /**
   * The bytes, as they are read from storage.
   * @param start first byte; @param end the byte after the last
   */
  stream(start?: number, end?: number): ReadableStream<Uint8Array>;
}

/** What is found in the store. */
export interface ListedBlob {
  readonly key: string;
  /** When bytes were last written to it. */
  readonly modified: Date;
}

/** Keeps bytes under keys of the form `jobs/<job id>/<name>`. A blob is there whole or not at all, and never changes. */
export interface BlobStore {
  /**
   * Stores what the source gives.
   * @param maxBytes more is refused with UwsError "too_large", and nothing is kept
   */
  put(key: string, source: AsyncIterable<Uint8Array>, maxBytes: number): Promise<StoredBlob>;
  /** Finds a blob, or undefined. */
  get(key: string): Promise<Blob | undefined>;
  /**
   * Everything that is stored, those of a job one after the other; also what a process left unfinished when it was killed.
   * What comes or goes meanwhile may be there or not.
   */
  list(): AsyncIterable<ListedBlob>;
  /** Removes a blob, or with a key that ends in a slash all blobs below it. What is not there is no error. */
  delete(key: string): Promise<void>;
}

/** The prefix of all blobs of a job. */
export function jobPrefix(job: string): string {
  return `jobs/${job}/`;
}

/** The job to which a blob belongs; undefined when the key is not of this form. */
export function jobOfBlob(key: string): string | undefined {
  return /^jobs\/([^/]+)\/./.exec(key)?.[1];
}

/** A new key for a blob of a job; two never collide. */
export function newBlobKey(job: string): string {
  return `${jobPrefix(job)}${randomUUID()}`;
}
