import { type Service, titleOf } from "./service.ts";

/** What there is on this server, for programs: the command line finds a service by its name. */
export function serviceListJson(services: readonly Service[], origin: string): object {
  return {
    services: services.map((service) => ({
      path: service.path,
      title: titleOf(service),
      types: service.types.map(({ name, version, title }) => ({ name, version, title })),
      typeParameter: service.typeParameter,
      jobList: `${origin}${service.listPath}`,
      description: `${origin}${service.basePath}/description`,
    })),
  };
}
