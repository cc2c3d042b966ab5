import type { Config } from "@uws/config";

type Auth = Config["auth"];

/**
 * The ways to log in, by the names that the IVOA Single-Sign-On Profile 2.0 gives them; null is the way of those who
 * do not. Empty where nobody can.
 */
export function loginMethods({ anonymous, basic }: Auth): readonly (string | null)[] {
  return basic ? [...(anonymous ? [null] : []), "ivo://ivoa.net/sso#BasicAA"] : [];
}

/** Says how to log in (RFC 9110, section 11.6.1: also where credentials are not needed but would make a difference). */
export function challenge({ headers }: Response, { basic, realm }: Auth): void {
  if (!basic) return;
  // The first is the one that clients take who know but one.
  headers.set("www-authenticate", `Basic realm="${realm}", charset="UTF-8"`);
  headers.append("www-authenticate", `Bearer realm="${realm}"`);
}
