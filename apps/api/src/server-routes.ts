import { UwsError } from "@uws/core";
import { negotiate } from "@uws/representation";
import { announcedRoutes } from "./announced-routes.ts";
import { jsonAnswer, seeOther } from "./answers.ts";
import { acceptOf, type Exchange } from "./exchange.ts";
import { live, ready } from "./health.ts";
import { indexPage } from "./index-page.ts";
import { metaSchemaRoute } from "./meta-schema-route.ts";
import { type Content, plainText } from "./openapi/operation.ts";
import type { Route, RouteDetail } from "./route.ts";
import type { Service } from "./service.ts";
import { serviceListJson } from "./service-list.ts";
import { swaggerAsset, swaggerPage } from "./swagger-ui.ts";
import { userTokenRoutes } from "./user-token-routes.ts";
import { webPage, webPagePath } from "./web-page.ts";

/** Routes of the server itself, beside its services. */
export function serverRoutes(services: readonly Service[], openApi: () => Response | Promise<Response>): Route[] {
  return [
    {
      path: "/",
      methods: { GET: { handle: (exchange) => index(exchange, services), detail: undefined } },
    },
    { path: "/login", methods: { GET: { handle: logIn, detail: undefined } } },
    {
      path: "/healthz",
      methods: { GET: { handle: live, detail: described("Whether the process lives", plainText, "200") } },
    },
    {
      path: "/readyz",
      methods: {
        GET: { handle: ({ api }) => ready(api), detail: described("Whether it can serve", readiness, "200", "503") },
      },
    },
    {
      path: "/swagger",
      methods: {
        GET: {
          // The page's links are relative to the address without a slash.
          handle: ({ request, origin }) =>
            new URL(request.url).pathname.endsWith("/") ? seeOther(`${origin}/swagger`) : swaggerPage(),
          detail: undefined,
        },
      },
    },
    {
      path: webPagePath,
      methods: {
        GET: {
          // Relative links are relative to the address with a slash.
          handle: ({ request, origin }) =>
            new URL(request.url).pathname.endsWith("/") ? webPage(request) : seeOther(`${origin}${webPagePath}/`),
          detail: undefined,
        },
      },
    },
    {
      path: `${webPagePath}/*`,
      methods: { GET: { handle: ({ request }) => webPage(request), detail: undefined } },
    },
    ...announcedRoutes,
    ...userTokenRoutes(services),
    metaSchemaRoute,
    { path: "/swagger/json", methods: { GET: { handle: openApi, detail: undefined } } },
    {
      path: "/swagger/:asset",
      methods: { GET: { handle: (_exchange, { asset }) => swaggerAsset(asset ?? ""), detail: undefined } },
    },
  ];
}

/** The services: a page for people, JSON for programs that prefer it. */
function index(exchange: Exchange, services: readonly Service[]): Response {
  const json = negotiate(acceptOf(exchange)).kind === "json";
  const answer = json
    ? jsonAnswer(serviceListJson(services, exchange.origin, exchange.api.config.auth.basic))
    : indexPage(services, exchange.api.config.auth.basic);
  answer.headers.set("vary", "accept");
  return answer;
}

/** Makes a browser ask for credentials, which it then sends with every request: without a 401 it would not. */
async function logIn({ api, request, origin, query }: Exchange): Promise<Response> {
  const { owner } = await api.authenticate(request);
  if (owner === undefined && api.config.auth.basic) throw new UwsError("unauthenticated", "Credentials are needed.");
  return seeOther(origin + returnPath(query));
}

/** Back to where somebody was sent from to log in: the web page, and nowhere else. */
function returnPath(query: URLSearchParams): string {
  const then = URL.parse(query.get("then") ?? "", "http://here");
  return then?.pathname.startsWith(`${webPagePath}/`) ? then.pathname + then.search : "/";
}

const readiness: Content = {
  "application/json": {
    schema: {
      type: "object",
      properties: {
        ready: { type: "boolean" },
        checks: { type: "object", additionalProperties: { type: "boolean" } },
        waiting: { type: "integer", minimum: 0, description: "Clients that wait for a change of a job" },
      },
      required: ["ready", "checks", "waiting"],
    },
  },
};

function described(summary: string, content: Content, ...statuses: readonly string[]): RouteDetail {
  const responses = Object.fromEntries(
    statuses.map((status) => [status, { description: status === "200" ? "Yes" : "Not now", content }]),
  );
  return { summary, tags: ["server"], responses };
}
