import { type Service, titleOf } from "./service.ts";

/**
 * What there is on this server, for programs: the command line finds a service by its name. Type and version are told where a
 * service has one type; else its description tells them.
 */
export function serviceListJson(services: readonly Service[], origin: string): object {
  return {
    services: services.map((service) => {
      const { path, basePath, listPath, types } = service;
      const only = types.length === 1 ? types[0] : undefined;
      return {
        path,
        title: titleOf(service),
        type: only?.name,
        typeVersion: only?.version,
        jobList: `${origin}${listPath}`,
        description: `${origin}${basePath}/description`,
      };
    }),
  };
}
