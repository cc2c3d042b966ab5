import { status } from "@grpc/grpc-js";

/** A gRPC status code, if the error carries one. */
export function statusOf(error: unknown): status | undefined {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "number") return undefined;
  return error.code in status ? error.code : undefined;
}

/**
 * The server was not reached or went away, or does not know our token (any more): the same call may succeed when it is
 * back. The job is not to blame.
 */
export function isUnreachable(error: unknown): boolean {
  const code = statusOf(error);
  return code === status.UNAVAILABLE || code === status.UNAUTHENTICATED;
}

const passing: ReadonlySet<status | undefined> = new Set([
  status.UNAVAILABLE,
  status.UNAUTHENTICATED,
  status.ABORTED,
  status.CANCELLED,
  status.DEADLINE_EXCEEDED,
  status.DATA_LOSS,
  status.INTERNAL,
  status.UNKNOWN,
]);

/** The failure may pass: worth a few more tries. Everything else is the server's considered answer. */
export function mayPass(error: unknown): boolean {
  return passing.has(statusOf(error));
}

const refusals: ReadonlySet<status> = new Set([
  status.UNAUTHENTICATED,
  status.PERMISSION_DENIED,
  status.INVALID_ARGUMENT,
  status.FAILED_PRECONDITION,
  status.UNIMPLEMENTED,
]);

/** The server does not want this worker as it is; trying again at once would only fill logs. */
export function isRefusal(code: status): boolean {
  return refusals.has(code);
}
