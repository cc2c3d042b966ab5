import { readAnswer } from "./job-handle.ts";
import { isObject, type JsonObject, objectIn, objectsIn, parseJson, textIn } from "./read-json.ts";
import { Transport, type TransportOptions } from "./transport.ts";

/** A service of a server that lists its services. */
export interface RemoteService {
  /** Its path on the server; also its name. */
  readonly path: string;
  readonly title: string | undefined;
  /** The job types that it runs. */
  readonly types: readonly RemoteType[];
  /** The parameter that names the type of a new job, where there are several. */
  readonly typeParameter: string | undefined;
  /** Absolute URL of its job list. */
  readonly jobList: string;
  /** The same below the address of the server, no slash at its beginning; where the server says so. */
  readonly jobListPath?: string | undefined;
}

export interface RemoteType {
  readonly name: string;
  readonly version: string | undefined;
  readonly title: string | undefined;
  /** CommonMark. */
  readonly description?: string | undefined;
  readonly contact?: Contact | undefined;
  /** URL. */
  readonly documentation?: string | undefined;
}

export interface Contact {
  readonly name: string | undefined;
  readonly email: string | undefined;
}

/**
 * The services of a server. The standard has no such list: bun-uws does, at the root of the server.
 * @param server absolute URL
 * @throws UwsClientError where there is none
 */
export async function listServices(server: string | URL, options: ListServicesOptions = {}): Promise<RemoteService[]> {
  return [...(await lookAtServer(server, options)).services];
}

/** What a server says of itself. */
export interface RemoteServer {
  readonly services: readonly RemoteService[];
  /** Whether it has users, who log in. */
  readonly canLogIn: boolean;
}

export type ListServicesOptions = TransportOptions & { readonly signal?: AbortSignal | undefined };

/** The services of a server, and what else it says; see `listServices`. */
export async function lookAtServer(
  server: string | URL,
  { signal, ...options }: ListServicesOptions = {},
): Promise<RemoteServer> {
  const url = new URL(server).href;
  const answer = await new Transport(url, options).send(url, { accept: "application/json", signal });
  return readAnswer(answer, (document, at) => {
    const list = parseJson(document);
    return { services: readServices(list, at), canLogIn: isObject(list) && list.canLogIn === true };
  });
}

function readServices(list: unknown, url: string): RemoteService[] {
  if (!isObject(list) || !Array.isArray(list.services)) throw new Error("no list of services");
  return objectsIn(list, "services").map((service) => {
    const path = textIn(service, "path");
    const jobList = textIn(service, "jobList");
    if (path === undefined || jobList === undefined) throw new Error("a service without path or job list");
    return {
      path,
      title: textIn(service, "title"),
      types: Array.isArray(service.types) ? objectsIn(service, "types").flatMap(readType) : [],
      typeParameter: textIn(service, "typeParameter"),
      jobList: new URL(jobList, url).href,
      jobListPath: textIn(service, "jobListPath"),
    };
  });
}

function readType(type: JsonObject): RemoteType[] {
  const name = textIn(type, "name");
  if (name === undefined) return [];
  const contact = objectIn(type, "contact");
  return [
    {
      name,
      version: textIn(type, "version"),
      title: textIn(type, "title"),
      description: textIn(type, "description"),
      contact: contact && { name: textIn(contact, "name"), email: textIn(contact, "email") },
      documentation: textIn(type, "documentation"),
    },
  ];
}
