import { UwsError } from "@uws/core";
import { type Asset, bundleWebPage, type WebPage } from "@uws/web";
import { isUnchanged } from "./download/conditional.ts";
import { shorten } from "./exchange.ts";

/** Where it is; below, each resource has the page of its own path. */
export const webPagePath = "/ui";

/** The page of a resource, by the resource's URL. */
export function webPageOf(url: string, origin: string): string {
  return origin + webPagePath + url.slice(origin.length);
}

/** Nothing from elsewhere, no script in the page, and no other page around it. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'";

let bundled: Promise<WebPage> | undefined;

/** Made when it is first asked for: a server starts as fast without it. */
function bundle(): Promise<WebPage> {
  bundled ??= bundleWebPage().catch((error) => {
    bundled = undefined;
    throw error;
  });
  return bundled;
}

/**
 * A file of the web page, or the page itself: it finds out by its address what to show.
 * @throws UwsError "not_found"
 */
export async function webPage({ url, headers: asked }: Request): Promise<Response> {
  const page = await bundle();
  const path = new URL(url).pathname.slice(webPagePath.length + 1);
  // Job lists have two segments at least.
  if (!path.includes("/") && path !== "") {
    const asset = page.assets.get(path);
    if (asset === undefined) throw new UwsError("not_found", `There is no ${shorten(path)} here.`);
    return file(asset, asked);
  }
  const depth = path.split("/").length - 1;
  const headers = {
    etag: `"${page.version}-${depth}"`,
    "cache-control": "no-cache",
    "content-security-policy": policy,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  };
  if (isUnchanged(asked, headers)) return new Response(null, { status: 304, headers });
  return new Response(page.html(depth), { headers: { ...headers, "content-type": "text/html; charset=utf-8" } });
}

function file({ mediaType, bytes, gzip }: Asset, asked: Headers): Response {
  const headers = new Headers({
    "content-type": mediaType,
    "cache-control": "public, max-age=31536000, immutable",
    vary: "accept-encoding",
    "x-content-type-options": "nosniff",
  });
  if (!takesGzip(asked.get("accept-encoding"))) return new Response(bytes, { headers });
  headers.set("content-encoding", "gzip");
  return new Response(gzip, { headers });
}

/** RFC 9110, section 12.5.3, as far as browsers use it. */
function takesGzip(accepted: string | null): boolean {
  return /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i.test(accepted ?? "");
}
