import type { JobDescription } from "@uws/description";
import { type ServiceDescriptor, serviceDescriptors } from "@uws/representation";
import type { ServiceExchange } from "./exchange.ts";
import { uwsStandardId } from "./standard-ids.ts";
import { exampleOf, parametersOfType } from "./type-parameters.ts";

/** The VOTable by which clients of DataLink learn how to create jobs of these types: two descriptors for each. */
export function descriptorsOf(exchange: ServiceExchange, types: readonly JobDescription[]): string {
  return serviceDescriptors(types.flatMap((type) => descriptorsOfType(exchange, type)));
}

function descriptorsOfType(
  { service, serviceUrl, listUrl }: ServiceExchange,
  type: JobDescription,
): ServiceDescriptor[] {
  const common = {
    title: type.title,
    description: type.description,
    parameters: parametersOfType(service, type),
    groups: type.groups,
  };
  const id = (name: string) => (service.types.length === 1 ? name : `${name}-${type.name}`);
  const url = `${serviceUrl}/sync`;
  const example = exampleOf(service, [type]);
  return [
    {
      ...common,
      id: id("sync"),
      url,
      contentType: type.results[0]?.mediaType,
      exampleUrl: example === undefined ? undefined : `${url}?${example}`,
    },
    { ...common, id: id("async"), url: listUrl, standardId: uwsStandardId },
  ];
}
