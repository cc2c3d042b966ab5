import { type Service, titleOf } from "./service.ts";

/**
 * What there is on this server, for programs: the command line finds a service by its name.
 * @param canLogIn whether the server has users
 */
export function serviceListJson(services: readonly Service[], origin: string, canLogIn: boolean): object {
  return {
    canLogIn,
    services: services.map((service) => ({
      path: service.path,
      title: titleOf(service),
      types: service.types.map(({ name, version, title, description, contact, documentation }) => ({
        name,
        version,
        title,
        description,
        contact: contact ?? null,
        documentation: documentation ?? null,
      })),
      typeParameter: service.typeParameter,
      jobList: `${origin}${service.listPath}`,
      // For who knows the server by another address than the server does.
      jobListPath: service.listPath.slice(1),
      description: `${origin}${service.basePath}/description`,
    })),
  };
}
