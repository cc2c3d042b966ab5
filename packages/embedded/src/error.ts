/**
 * The one error of this package. Nothing here is recoverable by code: what a caller can do is show the message, so
 * the message says what was tried and what the reader can do about it. The code is for tests and for `up`'s advice.
 */
export type EmbeddedErrorCode =
  /** Another live process uses the data directory. */
  | "in-use"
  /** No usable binary was found or could be obtained. */
  | "no-binary"
  /** The server did not start, or ended while it was starting. */
  | "not-started"
  /** The data directory cannot be used: other owner, lost cluster, wrong version. */
  | "bad-data"
  /** The calls contradict each other, such as restarting what was stopped. */
  | "misuse";

export class EmbeddedError extends Error {
  override readonly name = "EmbeddedError";
  readonly code: EmbeddedErrorCode;

  constructor(code: EmbeddedErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
