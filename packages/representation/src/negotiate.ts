import Negotiator from "negotiator";

/** The representation in which a client gets a job or a list. */
export type Representation =
  | { readonly kind: "xml"; readonly mediaType: "text/xml" | "application/xml" }
  | { readonly kind: "json" }
  | { readonly kind: "html" };

/**
 * Chooses the representation by the Accept header. XML is for everyone who does not clearly want something else, never
 * 406: UWS 1.1 requires XML, and its clients send anything. In particular `java.net` sends
 * `text/html, image/gif, image/jpeg` and then anything at q=0.2, and cannot read HTML, so HTML is for an Accept that names
 * `application/xhtml+xml`, as browsers do, or is `text/html` alone.
 */
export function negotiate(accept = "*/*"): Representation {
  const known = chosen.get(accept);
  if (known !== undefined) return known;
  const choice = choose(accept);
  // Clients come in a few kinds, and each kind sends the same header again and again.
  if (chosen.size >= rememberedHeaders) chosen.clear();
  if (accept.length <= rememberedLength) chosen.set(accept, choice);
  return choice;
}

/** Accept headers whose choice is remembered, at most. */
const rememberedHeaders = 1000;
const rememberedLength = 500;
const chosen = new Map<string, Representation>();

function choose(accept: string): Representation {
  const negotiator = new Negotiator({ headers: { accept } });
  const named = negotiator.mediaTypes().map((type) => type.toLowerCase());
  if (named.includes("application/xhtml+xml")) return { kind: "html" };
  if (named.length > 0 && named.every((type) => type === "text/html")) return { kind: "html" };
  const [preferred] = negotiator.mediaTypes(["text/xml", "application/xml", "application/json"]);
  if (preferred === "application/json") return { kind: "json" };
  const application = named.includes("application/xml")
    ? !named.includes("text/xml")
    : negotiator.mediaTypes(["text/xml"]).length === 0 && preferred === "application/xml";
  return { kind: "xml", mediaType: application ? "application/xml" : "text/xml" };
}

/** The media type of an error: text for UWS clients and browsers, RFC 9457 where JSON was asked for. */
export function errorFormat(accept: string | undefined): "text/plain" | "application/problem+json" {
  const types = ["text/plain", "text/xml", "application/xml", "application/problem+json", "application/json"];
  const [preferred] = new Negotiator({ headers: { accept: accept ?? "*/*" } }).mediaTypes(types);
  const json = preferred === "application/problem+json" || negotiate(accept).kind === "json";
  return json ? "application/problem+json" : "text/plain";
}
