import type { Service } from "./service.ts";

/** What there is on this server, for programs: the command line finds a service by its name. */
export function serviceListJson(services: readonly Service[], origin: string): object {
  return {
    services: services.map(({ path, basePath, listPath, description }) => ({
      path,
      title: description.title,
      type: description.name,
      typeVersion: description.version,
      jobList: `${origin}${listPath}`,
      description: `${origin}${basePath}/description`,
    })),
  };
}
