import { listServices, type RemoteService, UwsClientError } from "@uws/client";
import { usageError } from "./command-error.ts";
import { type Connection, parseUrl } from "./connection.ts";

/**
 * The URL of a job list.
 * @param name a URL, or the name of a service of the server; undefined = the one that the connection names
 * @throws CommandError when it cannot be told which is meant
 */
export async function findJobList(connection: Connection, name: string | undefined): Promise<string> {
  if (name?.includes("://") === true) return parseUrl(name).href;
  if (name !== undefined) return await findByName(connection, name);
  const { url } = connection;
  if (!isServer(url)) return url.href;
  const services = await servicesOf(connection);
  const [only, ...more] = services ?? [];
  if (only !== undefined && more.length === 0) return only.jobList;
  throw usageError(
    services === undefined
      ? `Say which job list: ${url.href} does not tell what services it has. Give its URL, or set UWS_URL.`
      : `Say which service: ${namesOf(services)}.`,
  );
}

async function findByName(connection: Connection, name: string): Promise<string> {
  const services = await servicesOf(connection);
  if (services === undefined) {
    if (isServer(connection.url)) return new URL(`/${name}/async`, connection.url).href;
    throw usageError(`${connection.url.href} does not tell what services it has: give a URL instead of ${name}.`);
  }
  const path = name.replace(/^\/|\/$/g, "");
  const fits: ((service: RemoteService) => boolean)[] = [
    (service) => service.path === path,
    (service) => service.path.split("/").at(-1) === path,
    (service) => service.types.some((type) => type.name === path),
  ];
  for (const fit of fits) {
    const [one, ...more] = services.filter(fit);
    if (more.length > 0) throw usageError(`${name} may be any of ${namesOf(services.filter(fit))}.`);
    if (one !== undefined) return one.jobList;
  }
  throw usageError(`There is no service ${name} here, but ${namesOf(services)}.`);
}

/** The services of the connection's server, where it lists them: at the URL given, or at its root. */
export async function servicesOf({ url, headersFor }: Connection): Promise<RemoteService[] | undefined> {
  const places = [...new Set([url.href, new URL("/", url).href])];
  for (const place of places) {
    try {
      return await listServices(place, { headers: headersFor(place) });
    } catch (error) {
      // 200 with something else, or an error of its own kind: it is another server. No answer is no answer.
      if (!(error instanceof UwsClientError) || error.status === undefined || error.status === 401) throw error;
    }
  }
  return undefined;
}

/** Whether a URL is that of a whole server rather than of a job list. */
export function isServer(url: URL): boolean {
  return url.pathname === "/";
}

function namesOf(services: readonly RemoteService[]): string {
  return services.map(({ path }) => path).join(", ") || "none";
}
