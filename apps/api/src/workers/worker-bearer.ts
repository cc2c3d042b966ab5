import { bearerToken } from "@uws/auth";
import { type Config, isLoopback } from "@uws/config";
import { UwsError } from "@uws/core";
import { findWorkerTokens, hashToken } from "@uws/store";
import { refuseCrossSite } from "../cross-site.ts";
import type { ServiceExchange } from "../exchange.ts";

/** Whoever asks for jobs. */
export interface WorkerBearer {
  /** The token's name, for logs; empty where none is required. */
  readonly name: string;
  /** Job types that it may run; undefined = all. */
  readonly types: ReadonlySet<string> | undefined;
}

/** What proxies add: with one in front, a loopback address says nothing about who asks. */
const addedByProxies = ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip"] as const;

/**
 * Who asks for jobs: the bearer of a worker's token, as on the gateway. Without one, only a development setup is served: both servers
 * listen in plain text on loopback addresses, nothing stands in front, and no web page asks.
 * @throws UwsError "unauthenticated", "forbidden"
 */
export async function workerBearer({ api, request, origin }: ServiceExchange): Promise<WorkerBearer> {
  const token = bearerToken(request);
  if (token === undefined) {
    if (requiresToken(api.config) || addedByProxies.some((name) => request.headers.has(name))) {
      throw new UwsError("unauthenticated", "A worker must show its token: `Authorization: Bearer …`.");
    }
    refuseCrossSite(request.headers, origin);
    return { name: "", types: undefined };
  }
  const [known] = await findWorkerTokens(api.store, [hashToken(token)]);
  if (known === undefined) {
    throw new UwsError(
      "unauthenticated",
      "The worker's token is not valid: it is unknown, or removed, or has expired.",
    );
  }
  return { name: known.name, types: known.types === null ? undefined : new Set(known.types) };
}

/** More careful than the gateway, whose address may be out of reach where this one is not. */
function requiresToken({ host, grpc, publicUrl, proxies }: Config): boolean {
  const local = isLoopback(host) && isLoopback(grpc.host ?? host) && grpc.tls === undefined;
  return !local || grpc.requireToken === true || publicUrl !== undefined || proxies.trusted.length > 0;
}
