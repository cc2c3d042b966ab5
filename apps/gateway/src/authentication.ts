import { type Metadata, ServerInterceptingCall, type ServerInterceptor } from "@grpc/grpc-js";
import { UwsError } from "@uws/core";
import { grpcError } from "./grpc-error.ts";
import type { Bearer, WorkerTokens } from "./worker-tokens.ts";

/** Probes ask for health, and have no token. */
const open = "/grpc.health.v1.Health/";

/** Where no token is required, whoever calls may run everything. */
const anybody: Bearer = { name: "", types: undefined };

/**
 * Who sends a call, decided once for every call of every service before a handler sees it: the bearer of the token in
 * `authorization: Bearer …` (RFC 6750, section 2.1). Only the health service is open to all.
 */
export class Authentication {
  readonly #tokens: WorkerTokens | undefined;
  readonly #bearers = new WeakMap<Metadata, Bearer>();

  /** @param tokens undefined: none is required */
  constructor(tokens: WorkerTokens | undefined) {
    this.#tokens = tokens;
  }

  /** For the server: ends calls that show no valid token with UNAUTHENTICATED. */
  get interceptors(): ServerInterceptor[] {
    const tokens = this.#tokens;
    if (tokens === undefined) return [];
    return [
      ({ path }, call) =>
        new ServerInterceptingCall(call, {
          start: (next) =>
            next({
              onReceiveMetadata: (metadata, proceed) => {
                if (path.startsWith(open)) return proceed(metadata);
                this.#authenticate(tokens, metadata).then(
                  () => proceed(metadata),
                  (error: unknown) => call.sendStatus(grpcError(error)),
                );
              },
            }),
        }),
    ];
  }

  /**
   * Who sends this call.
   * @throws UwsError "unauthenticated"
   */
  bearerOf({ metadata }: { readonly metadata: Metadata }): Bearer {
    const bearer = this.#tokens === undefined ? anybody : this.#bearers.get(metadata);
    if (bearer === undefined) throw missing();
    return bearer;
  }

  async #authenticate(tokens: WorkerTokens, metadata: Metadata): Promise<void> {
    const values = metadata.get("authorization");
    // From here on nobody needs the token, and nobody can log it.
    metadata.remove("authorization");
    const token = values.length === 1 ? /^Bearer +([!-~]{1,500})$/i.exec(String(values[0]))?.[1] : undefined;
    if (token === undefined) throw missing();
    this.#bearers.set(metadata, await tokens.bearerOf(token));
  }
}

function missing(): UwsError {
  return new UwsError("unauthenticated", "A worker must show its token: `authorization: Bearer …` (UWS_TOKEN).");
}
