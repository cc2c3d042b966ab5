/**
 * The id under which a request is logged and which its answer carries. A client or proxy may choose it, so that one id
 * follows a request through several servers; what would not be safe in a log or a header is replaced.
 */
export function requestIdOf(headers: Headers): string {
  const given = headers.get("x-request-id");
  return given !== null && /^[A-Za-z0-9._-]{1,128}$/.test(given) ? given : crypto.randomUUID();
}
