import type { Exchange } from "./exchange.ts";
import type { OperationObject } from "./openapi/operation.ts";
import type { Method } from "./resource.ts";

/** Path parameters, decoded; null where the client's encoding makes no sense. */
export type PathParameters = Readonly<Record<string, string | null | undefined>>;

/** What the OpenAPI document says of a route; undefined hides it. */
export type RouteDetail = (OperationObject & { readonly tags: readonly string[] }) | undefined;

/** One URL pattern of this server, with all its methods. */
export interface Route {
  readonly path: string;
  readonly methods: Readonly<
    Partial<
      Record<
        Method,
        {
          readonly handle: (exchange: Exchange, path: PathParameters) => Promise<Response> | Response;
          readonly detail: RouteDetail;
          /** Not to be asked by HEAD. */
          readonly unsafe?: true | undefined;
        }
      >
    >
  >;
}
