import type { ErrorCode, InvalidParameter, UwsError } from "@uws/core";

/** HTTP status of each error code; the only place that knows. */
const statuses = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  fenced: 409,
  too_large: 413,
  unsupported: 415,
  unavailable: 503,
} as const satisfies Record<ErrorCode, number>;

const titles: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  409: "Conflict",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/** An error as `application/problem+json` (RFC 9457). `code`, `requestId` and `errors` are extension members of ours. */
export interface Problem {
  /** No more than the status says, as RFC 9457, section 4.2.1 puts it; `code` is what programs look at. */
  readonly type: "about:blank";
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode | "internal";
  readonly requestId: string;
  /** Where parameters are what is wrong. */
  readonly errors?: readonly InvalidParameter[];
}

export function statusOf(code: ErrorCode): number {
  return statuses[code];
}

export function problem(error: UwsError, requestId: string): Problem {
  const shown = problemOf(error.code, statuses[error.code], error.message, requestId);
  return error.parameters.length === 0 ? shown : { ...shown, errors: error.parameters };
}

/** What a client learns of an unexpected error: nothing but the id under which it was logged. */
export function internalProblem(requestId: string): Problem {
  return problemOf("internal", 500, `internal error; request ${requestId}`, requestId);
}

function problemOf(code: Problem["code"], status: number, detail: string, requestId: string): Problem {
  return { type: "about:blank", title: titles[status] ?? "Error", status, detail, code, requestId };
}
