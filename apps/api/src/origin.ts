/** A host name, IPv4 or bracketed IPv6 address, with or without a port (RFC 3986, section 3.2, narrowed). */
const hostForm = /^(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/;

/**
 * The beginning of all URLs in an answer, no slash at its end. Clients get the host by which they know this server: UWS
 * clients compare the URL of a job with the one to which they posted.
 * @param publicUrl as configured, where a proxy stands in front
 * @param client what is known of how the client asked
 * @param listening of this server, for a client that names no host (HTTP/1.0)
 */
export function originOf(
  publicUrl: string | undefined,
  { protocol, host }: { readonly protocol: "http" | "https"; readonly host: string | null },
  listening: string,
): string {
  if (publicUrl !== undefined) return publicUrl;
  const origin = `${protocol}://${host}`;
  // 999.999.999.999 has the form of a name, and no client can read a URL with it.
  return host !== null && hostForm.test(host) && URL.canParse(origin) ? origin : listening;
}
