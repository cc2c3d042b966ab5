import { type Config, ConfigError } from "@uws/config";
import { UwsError } from "@uws/core";
import { canonicalName, type JobDescription, loadDescription } from "@uws/description";
import { type Service, serviceOf } from "./service.ts";

/**
 * Loads the descriptions of the configured services, and checks them whole. Nothing is stored.
 * @throws ConfigError that names everything that is wrong
 */
export async function loadServices(config: Config): Promise<Service[]> {
  const problems: string[] = [];
  const services: Service[] = [];
  for (const configured of config.services) {
    const types = await loadTypes(configured, problems);
    services.push(serviceOf(configured, types));
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
