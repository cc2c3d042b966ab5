import type { InvalidParameter } from "./invalid-parameter.ts";

/** What a request was, as far as a person needs it to understand its failure. */
export interface FailedRequest {
  readonly method: string;
  readonly url: string;
  /** Undefined when there was no answer at all. */
  readonly status?: number | undefined;
  /** Of the answer, as text. */
  readonly body?: string | undefined;
  /** What can be done about it, where the answer is a problem of bun-uws (docs/json-api.md, "Errors"). */
  readonly code?: string | undefined;
  /** … and where parameters are what is wrong, what with each. */
  readonly parameters?: readonly InvalidParameter[] | undefined;
  readonly cause?: unknown;
}

/** The one error of this client: an answer that says no, that cannot be understood, or that never came. */
export class UwsClientError extends Error {
  readonly method: string;
  readonly url: string;
  readonly status: number | undefined;
  readonly body: string;
  /** Of bun-uws, where JSON was asked for: `invalid`, `conflict`, `fenced` and the others. */
  readonly code: string | undefined;
  /** What is wrong with each parameter, where the server says so: bun-uws does, where JSON was asked for. */
  readonly parameters: readonly InvalidParameter[];

  constructor(message: string, { method, url, status, body, code, parameters = [], cause }: FailedRequest) {
    super(message, { cause });
    this.name = "UwsClientError";
    this.method = method;
    this.url = url;
    this.status = status;
    this.body = body ?? "";
    this.code = code;
    this.parameters = parameters;
  }

  /** Whether the same request may succeed later: no answer, or one that says "not now". */
  get transient(): boolean {
    return this.status === undefined || [429, 502, 503, 504].includes(this.status);
  }
}
