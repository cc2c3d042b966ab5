import { type JobHandle, UwsClientError } from "@uws/client";
import { CommandError } from "./command-error.ts";
import { type Connection, parseUrl } from "./connection.ts";
import { findJobList, isServer, servicesOf } from "./find-service.ts";

/**
 * A job as people name it: by its URL, as SERVICE/ID, or by its id.
 * @throws CommandError when it cannot be told which is meant
 */
export async function findJob(connection: Connection, name: string): Promise<JobHandle> {
  if (name.includes("://")) {
    const url = parseUrl(name).href;
    return connection.client(new URL(".", url.replace(/\/(?=$|\?)/, "")).href).job(url);
  }
  const [, service, id = name] = /^(.*)\/([^/]+)$/.exec(name) ?? [];
  if (service === undefined && isServer(connection.url)) return await searchJob(connection, id);
  return connection.client(await findJobList(connection, service)).job(encodeURIComponent(id));
}

/** An id alone does not tell its service. */
async function searchJob(connection: Connection, id: string): Promise<JobHandle> {
  for (const { jobList } of (await servicesOf(connection)) ?? []) {
    const job = connection.client(jobList).job(encodeURIComponent(id));
    try {
      await job.get();
      return job;
    } catch (error) {
      if (!(error instanceof UwsClientError && error.status === 404)) throw error;
    }
  }
  throw new CommandError(`There is no job ${id} at ${connection.url.href}.`);
}
