import { seeOther } from "./answers.ts";
import { live, ready } from "./health.ts";
import { indexPage } from "./index-page.ts";
import type { Route, RouteDetail } from "./route.ts";
import type { Service } from "./service.ts";
import { swaggerAsset, swaggerPage } from "./swagger-ui.ts";

/** Routes of the server itself, beside its services. */
export function serverRoutes(services: readonly Service[], openApi: () => Response | Promise<Response>): Route[] {
  return [
    { path: "/", methods: { GET: { handle: () => indexPage(services), detail: undefined } } },
    { path: "/healthz", methods: { GET: { handle: live, detail: described("Whether the process lives", "200") } } },
    {
      path: "/readyz",
      methods: { GET: { handle: ({ api }) => ready(api), detail: described("Whether it can serve", "200", "503") } },
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
    { path: "/swagger/json", methods: { GET: { handle: openApi, detail: undefined } } },
    {
      path: "/swagger/:asset",
      methods: { GET: { handle: (_exchange, { asset }) => swaggerAsset(asset ?? ""), detail: undefined } },
    },
  ];
}

function described(summary: string, ...statuses: readonly string[]): RouteDetail {
  const responses = Object.fromEntries(
    statuses.map((status) => [status, { description: status === "200" ? "Yes" : "Not now" }]),
  );
  return { summary, tags: ["server"], responses };
}
