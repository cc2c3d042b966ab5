import { serverUrl } from "../shell/server.ts";

/** Where a browser asks for a name and a password, and then comes back here. */
export function loginUrl(): string {
  const { origin, pathname, search } = window.location;
  // A path below the server's address, whatever a proxy has put before it.
  const then = `/${`${origin}${pathname}`.slice(serverUrl.length)}${search}`;
  return `${serverUrl}login?then=${encodeURIComponent(then)}`;
}
