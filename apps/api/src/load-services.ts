import { type Config, ConfigError, type ServiceConfig } from "@uws/config";
import { UwsError } from "@uws/core";
import { canonicalName, type DescriptionFile, type JobDescription, loadDescription } from "@uws/description";
import type { AcceptedTypes } from "./accepted-types.ts";
import { type Service, serviceOf } from "./service.ts";

/**
 * Loads the descriptions of the configured services, and checks them whole. Nothing is stored. A service that waits for workers
 * to announce its types is left out as long as it has none.
 * @param accepted descriptions that workers announced
 * @throws ConfigError that names everything that is wrong
 */
export async function loadServices(config: Config, accepted: AcceptedTypes = new Map()): Promise<Service[]> {
  const problems: string[] = [];
  const services: Service[] = [];
  for (const configured of config.services) {
    const located = await loadTypes(configured, problems);
    const described = located.map(({ description }) => description);
    const types = [...described, ...announcedTypes(configured, described, accepted)];
    const places = new Map(located.map(({ description, placeOf }) => [description, placeOf]));
    if (types.length > 0) services.push(serviceOf(configured, types, places));
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return services;
}

async function loadTypes(
  { path, descriptions, typeParameter, places }: ServiceConfig,
  problems: string[],
): Promise<DescriptionFile[]> {
  const types: DescriptionFile[] = [];
  for (const [index, file] of descriptions.entries()) {
    const named = places.descriptions[index] ?? file;
    try {
      const located = await loadDescription(file);
      const { description: type, placeOf } = located;
      const problem = (field: string, message: string) => problems.push(`${placeOf(field)}: ${field}: ${message}`);
      const taken = canonicalName(type, typeParameter);
      if (types.some(({ description }) => description.name === type.name)) {
        problem("name", `the service ${path} has a job type "${type.name}" already (${named})`);
      }
      if (taken !== undefined) {
        const use = `is how the service ${path} tells its job types apart (${places.typeParameter})`;
        problem(`parameters.properties.${taken}`, `${use}; name one of them differently`);
      }
      types.push(located);
    } catch (error) {
      if (!(error instanceof UwsError)) throw error;
      // A file that is not there has no lines, but somebody has named it.
      const lines = error.message.split("\n");
      problems.push(...(error.code === "not_found" ? lines.map((line) => `${named}: ${line}`) : lines));
    }
  }
  return types;
}

/** Those that fit beside the others. What does not is no reason for a server not to start: a worker sent it. */
function announcedTypes(
  { types: names, typeParameter }: ServiceConfig,
  beside: readonly JobDescription[],
  accepted: AcceptedTypes,
): JobDescription[] {
  return [...new Set(names)].flatMap((name) => {
    const type = accepted.get(name);
    if (type === undefined || beside.some((each) => each.name === name)) return [];
    return canonicalName(type, typeParameter) === undefined ? [type] : [];
  });
}
