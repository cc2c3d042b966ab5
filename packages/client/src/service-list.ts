import { readAnswer } from "./job-handle.ts";
import { isObject, objectsIn, parseJson, textIn } from "./read-json.ts";
import { Transport, type TransportOptions } from "./transport.ts";

/** A service of a server that lists its services. */
export interface RemoteService {
  /** Its path on the server; also its name. */
  readonly path: string;
  readonly title: string | undefined;
  /** The job type that it runs. */
  readonly type: string | undefined;
  readonly typeVersion: string | undefined;
  /** Absolute URL of its job list. */
  readonly jobList: string;
}

/**
 * The services of a server. The standard has no such list: bun-uws does, at the root of the server.
 * @param server absolute URL
 * @throws UwsClientError where there is none
 */
export async function listServices(
  server: string | URL,
  { signal, ...options }: TransportOptions & { readonly signal?: AbortSignal | undefined } = {},
): Promise<RemoteService[]> {
  const url = new URL(server).href;
  const answer = await new Transport(url, options).send(url, { accept: "application/json", signal });
  return readAnswer(answer, readServices);
}

function readServices(document: string, url: string): RemoteService[] {
  const list = parseJson(document);
  if (!isObject(list) || !Array.isArray(list.services)) throw new Error("no list of services");
  return objectsIn(list, "services").map((service) => {
    const path = textIn(service, "path");
    const jobList = textIn(service, "jobList");
    if (path === undefined || jobList === undefined) throw new Error("a service without path or job list");
    return {
      path,
      title: textIn(service, "title"),
      type: textIn(service, "type"),
      typeVersion: textIn(service, "typeVersion"),
      jobList: new URL(jobList, url).href,
    };
  });
}
