import type { ServiceExchange } from "./exchange.ts";
import type { OperationObject } from "./openapi/operation.ts";
import type { Service } from "./service.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** What one method of a resource does, and what the OpenAPI document says of it. */
export interface Operation {
  readonly handle: (exchange: ServiceExchange) => Promise<Response>;
  readonly describe: (service: Service) => OperationObject;
  /** Changes something even as GET, so that HEAD, which would be the same request, is refused (RFC 9110, section 9.2.1). */
  readonly unsafe?: true;
  /** Finds out by itself who asks, as for workers, who are no users. */
  readonly open?: true;
}

/** One URL of a service: a file in resources/ each. */
export interface Resource {
  /** Below the job list or the service, with path parameters `:id` and `:name`. */
  readonly path: "" | `/${string}`;
  /**
   * Answers everybody, whoever it is: those who look for a service cannot log in to it yet. "login": credentials that are
   * sent all the same are checked, by which clients find out whether they are right.
   */
  readonly open?: true | "login";
  readonly methods: Readonly<Partial<Record<Method, Operation>>>;
}
