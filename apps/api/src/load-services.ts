import { type Config, ConfigError } from "@uws/config";
import { UwsError } from "@uws/core";
import { canonicalName, type JobDescription, loadDescription } from "@uws/description";
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
    const types = await loadTypes(configured, problems);
    types.push(...announcedTypes(configured, types, accepted));
    if (types.length > 0) services.push(serviceOf(configured, types));
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return services;
}

async function loadTypes(
  { path, descriptions, typeParameter }: Config["services"][number],
  problems: string[],
): Promise<JobDescription[]> {
  const types: JobDescription[] = [];
  for (const file of descriptions) {
    try {
      const type = await loadDescription(file);
      const taken = canonicalName(type, typeParameter);
      if (types.some(({ name }) => name === type.name)) {
        problems.push(`${file}: name: the service ${path} has a job type "${type.name}" already`);
      }
      if (taken !== undefined) {
        const use = `is how the service ${path} tells its job types apart (typeParameter); name one of them differently`;
        problems.push(`${file}: parameters.properties.${taken}: ${use}`);
      }
      types.push(type);
    } catch (error) {
      if (!(error instanceof UwsError)) throw error;
      problems.push(...error.message.split("\n"));
    }
  }
  return types;
}

/** Those that fit beside the others. What does not is no reason for a server not to start: a worker sent it. */
function announcedTypes(
  { types: names, typeParameter }: Config["services"][number],
  beside: readonly JobDescription[],
  accepted: AcceptedTypes,
): JobDescription[] {
  return [...new Set(names)].flatMap((name) => {
    const type = accepted.get(name);
    if (type === undefined || beside.some((each) => each.name === name)) return [];
    return canonicalName(type, typeParameter) === undefined ? [type] : [];
  });
}
