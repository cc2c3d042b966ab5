import type { RemoteServer, RemoteService } from "@uws/client";
import { createContext } from "preact";
import { useContext } from "preact/hooks";

/** What the server says of itself, which the whole page needs. */
export const ServerContext = createContext<RemoteServer>({ services: [], canLogIn: false });

/** The path of a service's job list below the server's address. */
export function listOf({ jobListPath, path }: RemoteService): string {
  return jobListPath ?? `${path}/async`;
}

/** The service of a job list. */
export function useService(list: string): RemoteService | undefined {
  return useContext(ServerContext).services.find((service) => listOf(service) === list);
}
