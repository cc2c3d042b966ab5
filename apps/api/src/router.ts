import { UwsError } from "@uws/core";
import { Elysia } from "elysia";
import { errorAnswer, methodNotAllowed } from "./error-answer.ts";
import { acceptOf, type Exchange } from "./exchange.ts";
import { challenge } from "./login-methods.ts";
import type { PathParameters, Route } from "./route.ts";

/** Gives the exchange that belongs to a request. */
export type ExchangeOf = (request: Request) => Exchange;

interface Context {
  readonly request: Request;
  /** Absent where the path has none. */
  readonly params?: PathParameters;
}

/**
 * Puts routes into Elysia, which finds them and describes them. Bodies are ours to read (`parse: "none"`), because Elysia
 * would hold a whole upload in memory; so are wrong methods, which it would call unknown URLs.
 */
export function routerOf(routes: readonly Route[], exchangeOf: ExchangeOf) {
  // Otherwise Elysia looks for the path behind at least four characters of host name, and "http://api/" has three.
  const app = new Elysia({ handler: { standardHostname: false } });
  app.onError(({ request, error }) => errorOf(exchangeOf(request), error));
  for (const { path, methods } of routes) {
    const allowed = allowedMethods(methods);
    for (const [method, { handle, detail, unsafe }] of Object.entries(methods)) {
      const answer = ({ request, params }: Context) => {
        const exchange = exchangeOf(request);
        if (unsafe && exchange.isHead) return notAllowed(exchange, "HEAD", allowed);
        return guarded(exchange, (it) => handle(it, params ?? {}));
      };
      app.route(method, path, answer as never, {
        parse: "none",
        detail: (detail ?? { hide: true }) as object,
      });
    }
    app.all(path, ({ request }) => notAllowed(exchangeOf(request), request.method, allowed), {
      parse: "none",
      detail: { hide: true },
    });
  }
  app.all(
    "/*",
    ({ request }) => {
      const { pathname } = new URL(request.url);
      return errorOf(exchangeOf(request), new UwsError("not_found", `There is nothing at ${pathname.slice(0, 200)}`));
    },
    { parse: "none", detail: { hide: true } },
  );
  return app;
}

function allowedMethods(methods: Route["methods"]): string[] {
  return Object.entries(methods).flatMap(([method, { unsafe }]) =>
    method === "GET" && !unsafe ? ["GET", "HEAD"] : [method],
  );
}

function notAllowed(exchange: Exchange, method: string, allowed: readonly string[]): Response {
  return methodNotAllowed(method, allowed, acceptOf(exchange), exchange.requestId);
}

async function guarded(
  exchange: Exchange,
  handle: (exchange: Exchange) => Promise<Response> | Response,
): Promise<Response> {
  try {
    return await handle(exchange);
  } catch (error) {
    return errorOf(exchange, error);
  }
}

/** The one place where an error becomes an answer. What nobody expected is logged, once. */
function errorOf(exchange: Exchange, error: unknown): Response {
  const { api, request, requestId, jobId } = exchange;
  if (!(error instanceof UwsError)) {
    if (request.signal.aborted) api.log.info({ requestId, jobId }, "the client left in the middle of its request");
    else api.log.error({ err: error, requestId, jobId }, "request failed");
  }
  const answer = errorAnswer(error, acceptOf(exchange), requestId);
  if (answer.status === 401) challenge(answer, api.config.auth, request.headers);
  return answer;
}
