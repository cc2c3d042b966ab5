import { dirname, join } from "node:path";
import { UwsError } from "@uws/core";
import { shorten } from "./exchange.ts";

/** Files of the npm package swagger-ui-dist that the page needs: nothing is loaded from another host. */
const assets: ReadonlyMap<string, string> = new Map([
  ["swagger-ui.css", "text/css; charset=utf-8"],
  ["swagger-ui-bundle.js", "text/javascript; charset=utf-8"],
  ["favicon-32x32.png", "image/png"],
]);

const folder = dirname(Bun.resolveSync("swagger-ui-dist/package.json", import.meta.dir));

/** Nothing from elsewhere, whatever a later version of Swagger UI may try. Its own styles are inline. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'";

/** Everything is relative to /swagger: a proxy may put a prefix before it. */
const page = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>bun-uws API</title>
<link rel="stylesheet" href="swagger/swagger-ui.css">
<link rel="icon" type="image/png" href="swagger/favicon-32x32.png">
</head>
<body>
<div id="swagger-ui"></div>
<script src="swagger/swagger-ui-bundle.js"></script>
<script src="swagger/start.js"></script>
</body>
</html>
`;

/** The script that starts the page: of the source beside this file, which a browser reads as it is. */
const start = Bun.file(join(import.meta.dir, "swagger-ui-start.js"));

export function swaggerPage(): Response {
  return new Response(page, {
    headers: { "content-type": "text/html; charset=utf-8", "content-security-policy": policy },
  });
}

/** A file of the page. */
export function swaggerAsset(name: string): Response {
  if (name === "start.js") return asset(start.stream(), "text/javascript; charset=utf-8");
  const mediaType = assets.get(name);
  if (mediaType === undefined) throw new UwsError("not_found", `There is no ${shorten(name)} here.`);
  return asset(Bun.file(join(folder, name)).stream(), mediaType);
}

function asset(body: ReadableStream<Uint8Array>, mediaType: string): Response {
  return new Response(body, {
    headers: {
      "content-type": mediaType,
      "cache-control": "public, max-age=3600",
      "x-content-type-options": "nosniff",
    },
  });
}
