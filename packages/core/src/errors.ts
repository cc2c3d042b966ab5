import type { InvalidParameter } from "./invalid-parameter.ts";

/**
 * What can go wrong, by what the caller can do about it. HTTP and gRPC map these codes in one place each.
 *
 * - `invalid`: the request is wrong as it is; the message names the parameter and what is allowed.
 * - `not_found`: there is no such job, result, parameter, service.
 * - `unauthenticated`: who calls is not known: no credentials, or none that are valid.
 * - `forbidden`: the caller may not, or the job's phase does not allow it.
 * - `conflict`: it contradicts something that was there before.
 * - `too_large`: a limit on size or number was passed.
 * - `unsupported`: the media type is not one that can be read.
 * - `unavailable`: not now; try again.
 * - `fenced`: the attempt token is no longer valid.
 */
export type ErrorCode =
  | "invalid"
  | "not_found"
  | "unauthenticated"
  | "forbidden"
  | "conflict"
  | "too_large"
  | "unsupported"
  | "unavailable"
  | "fenced";

/**
 * The one error class of the house. Its message is for a person and safe to show; anything else that is thrown is
 * unexpected, logged once, and shown as an internal failure with a request id.
 */
export class UwsError extends Error {
  readonly code: ErrorCode;
  /** What is wrong with each parameter, where that is what is wrong. */
  readonly parameters: readonly InvalidParameter[];

  constructor(
    code: ErrorCode,
    message: string,
    options?: { cause?: unknown; parameters?: readonly InvalidParameter[] },
  ) {
    super(message, options);
    this.name = "UwsError";
    this.code = code;
    this.parameters = options?.parameters ?? [];
  }
}
