import type { Config } from "@uws/config";

type Auth = Config["auth"];

/**
 * The ways to log in, by the names that the IVOA Single-Sign-On Profile 2.0 gives them; null is the way of those who
 * do not. Empty where nobody can.
 */
export function loginMethods({ anonymous, basic }: Auth): readonly (string | null)[] {
  return basic ? [...(anonymous ? [null] : []), "ivo://ivoa.net/sso#BasicAA"] : [];
}

/**
 * Says how to log in (RFC 9110, section 11.6.1: also where credentials are not needed but would make a difference). To a script
 * in a page it is said in a scheme that browsers do not know: they would put their own question over the page before it has
 * said anything, and keep the answer from it until then. The page leads to `/login`.
 */
export function challenge({ headers }: Response, { basic, realm }: Auth, asked: Headers): void {
  if (!basic) return;
  const scheme = asked.get("x-requested-with") === "XMLHttpRequest" ? "PageBasic" : "Basic";
  // The first is the one that clients take who know but one.
  headers.set("www-authenticate", `${scheme} realm="${realm}", charset="UTF-8"`);
  headers.append("www-authenticate", `Bearer realm="${realm}"`);
}
