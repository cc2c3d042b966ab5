import type { ServiceExchange } from "./exchange.ts";
import type { OperationObject } from "./openapi/operation.ts";
import type { Service } from "./service.ts";

export type Method = "GET" | "POST" | "PUT" | "DELETE";

/** What one method of a resource does, and what the OpenAPI document says of it. */
export interface Operation {
  readonly handle: (exchange: ServiceExchange) => Promise<Response>;
  readonly describe: (service: Service) => OperationObject;
}

/** One URL of a service: a file in resources/ each. */
export interface Resource {
  /** Below the job list, with path parameters `:id` and `:name`. */
  readonly path: "" | `/:id${string}`;
  readonly methods: Readonly<Partial<Record<Method, Operation>>>;
}
