import { status } from "@grpc/grpc-js";
import { type ErrorCode, UwsError } from "@uws/core";

/** gRPC's status for each of our error codes: the one place where they meet. */
const codes: Readonly<Record<ErrorCode, status>> = {
  invalid: status.INVALID_ARGUMENT,
  not_found: status.NOT_FOUND,
  unauthenticated: status.UNAUTHENTICATED,
  forbidden: status.PERMISSION_DENIED,
  conflict: status.ALREADY_EXISTS,
  too_large: status.RESOURCE_EXHAUSTED,
  unsupported: status.INVALID_ARGUMENT,
  unavailable: status.UNAVAILABLE,
  fenced: status.FAILED_PRECONDITION,
};

/** What a caller is told of an error; of an unexpected one, only that it was ours. */
export function grpcError(error: unknown): { code: status; details: string } {
  return error instanceof UwsError
    ? { code: codes[error.code], details: error.message }
    : { code: status.INTERNAL, details: "An internal failure; it is in the server's log." };
}

/**
 * What the call of an attempt, for a result or a parameter, is told of an error. An unexpected one is ours (PostgreSQL is away,
 * the disk is full) and may pass: UNAVAILABLE, for which a worker waits as long as the attempt is its. Anything else would be
 * tried a few times, and then be taken for the job's own failure.
 */
export function attemptCallError(error: unknown): { code: status; details: string } {
  return grpcError(
    error instanceof UwsError ? error : new UwsError("unavailable", "The server cannot do this now; try again."),
  );
}
