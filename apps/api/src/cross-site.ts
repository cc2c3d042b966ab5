import { UwsError } from "@uws/core";

/**
 * Refuses a change that another site's page makes a browser ask for with the credentials of its user, which browsers add by
 * themselves. Other clients send neither header (Fetch Metadata, section 2; RFC 6454, section 7).
 * @param origin by which the client knows this server, perhaps with a path
 * @throws UwsError "forbidden"
 */
export function refuseCrossSite(headers: Headers, origin: string): void {
  const site = headers.get("sec-fetch-site");
  if (site === "same-origin" || site === "none") return;
  const from = headers.get("origin");
  // Browsers that are too old for the first header send the second one with every POST.
  if (site === null && (from === null || from === new URL(origin).origin)) return;
  throw new UwsError("forbidden", "A page of another site cannot change anything here in your name.");
}
