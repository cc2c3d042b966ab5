import { withLeftover } from "./body/leftover.ts";
import { clientOf } from "./client-of.ts";
import type { Api } from "./dependencies.ts";
import { errorAnswer } from "./error-answer.ts";
import type { Exchange } from "./exchange.ts";
import { originOf } from "./origin.ts";
import { requestIdOf } from "./request-id.ts";
import type { ExchangeOf } from "./router.ts";

/** Paths that are asked every few seconds by machines: their log lines are noise. */
const quietPaths: readonly string[] = ["/healthz", "/readyz"];

/** What the router needs of us, and we of it. */
export interface Router {
  readonly fetch: (request: Request) => Response | Promise<Response>;
}

/** Makes a router, given a way to find what is known about a request. */
export type RouterFor = (exchangeOf: ExchangeOf) => Router;

/**
 * The HTTP server: numbers requests, logs them, and answers HEAD.
 * @returns with it, a way to put another router into it: for the next request; those in flight go on as they began
 */
export function startServer(api: Api, routerFor: RouterFor) {
  const exchanges = new WeakMap<Request, Exchange>();
  const exchangeOf: ExchangeOf = (request) => {
    const exchange = exchanges.get(request);
    if (exchange === undefined) throw new Error("a request that this server has not received");
    return exchange;
  };
  let router = routerFor(exchangeOf);
  const clientOfRequest = clientOf(api.config.proxies);

  const server = Bun.serve({
    hostname: api.config.host,
    port: api.config.httpPort,
    development: false,
    // Seconds, the most there is. Long polls end before, event streams have their heartbeat.
    idleTimeout: 255,
    // Our own limits are lower, and refuse with a reason.
    maxRequestBodySize: Number.MAX_SAFE_INTEGER,
    async fetch(request) {
      const started = performance.now();
      const url = urlOf(request, listeningAt(server));
      const routed = routable(request, url);
      const client = clientOfRequest(request.headers, server.requestIP(request)?.address ?? "unknown");
      const exchange: Exchange = {
        api,
        request: routed,
        isHead: request.method === "HEAD",
        query: url.searchParams,
        origin: originOf(api.config.publicUrl, client, listeningAt(server)),
        requestId: requestIdOf(request.headers),
        address: client.address,
        jobId: undefined,
        owner: undefined,
      };
      exchanges.set(routed, exchange);
      const answer = await router.fetch(routed);
      const sent = request.method === "HEAD" ? await withoutBody(answer) : withLeftover(answer, routed);
      sent.headers.set("x-request-id", exchange.requestId);
      // What TOPCAT and others look for, to learn that they are logged in, and as whom.
      if (exchange.owner !== undefined) sent.headers.set("x-vo-authenticated", exchange.owner);
      if (!sent.headers.has("cache-control")) sent.headers.set("cache-control", "no-store");
      if (api.leaving.aborted) sent.headers.set("connection", "close");
      api.log[quietPaths.includes(url.pathname) ? "debug" : "info"](
        {
          requestId: exchange.requestId,
          jobId: exchange.jobId,
          owner: exchange.owner,
          method: request.method,
          path: url.pathname,
          status: sent.status,
          milliseconds: Math.round(performance.now() - started),
        },
        "request",
      );
      return sent;
    },
    error(error) {
      const requestId = crypto.randomUUID();
      api.log.error({ err: error, requestId }, "request failed outside of the router");
      return errorAnswer(error, undefined, requestId);
    },
  });
  return {
    server,
    replaceRouter(next: RouterFor): void {
      router = next(exchangeOf);
    },
  };
}

/** http://host:port, as a client on this machine would write it. */
export function listeningAt({
  hostname,
  port,
}: {
  readonly hostname?: string | undefined;
  readonly port?: number | undefined;
}): string {
  const host = hostname === undefined || hostname === "0.0.0.0" || hostname === "::" ? "127.0.0.1" : hostname;
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** Bun makes the URL from the Host header, which HTTP/1.0 does not need and which may be no host at all. */
function urlOf({ url }: Request, listening: string): URL {
  return URL.parse(url) ?? new URL(listening + url.replace(/^https?:\/\/[^/]*/, ""));
}

/** The request as Elysia is to have it: with a whole URL, and GET for HEAD, of which it would read a whole result to tell its length. */
function routable(request: Request, url: URL): Request {
  if (request.method === "HEAD") {
    return new Request(url.href, { method: "GET", headers: request.headers, signal: request.signal });
  }
  return URL.canParse(request.url) ? request : new Request(url.href, request);
}

async function withoutBody(answer: Response): Promise<Response> {
  await answer.body?.cancel();
  return new Response(null, { status: answer.status, headers: answer.headers });
}
