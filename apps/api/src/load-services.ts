import { type Config, ConfigError } from "@uws/config";
import { UwsError } from "@uws/core";
import { canonicalName, type JobDescription, loadDescription } from "@uws/description";
import { limitType, type Store, saveDescription } from "@uws/store";
import { type Service, serviceOf } from "./service.ts";

/**
 * Loads the descriptions of the configured services, and checks them whole. Nothing is stored.
 * @throws ConfigError that names everything that is wrong
 */
export async function loadServices(config: Config): Promise<Service[]> {
  const problems: string[] = [];
  const services: Service[] = [];
  for (const configured of config.services) {
    const types = await loadTypes(configured.descriptions, problems);
    problems.push(...contradictions(configured, types));
    services.push(serviceOf(configured, types));
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return services;
}

/** Keeps the descriptions in the store: each job points at the exact one under which it was created. */
export async function saveTypes(services: readonly Service[], store: Store): Promise<void> {
  for (const description of services.flatMap(({ types }) => types)) {
    const { digest, name, version, document } = description;
    await saveDescription(store, { digest, type: name, version, document });
    await limitType(store, name, description);
  }
}

async function loadTypes(files: readonly string[], problems: string[]): Promise<JobDescription[]> {
  const types: JobDescription[] = [];
  for (const file of files) {
    try {
      types.push(await loadDescription(file));
    } catch (error) {
      if (!(error instanceof UwsError)) throw error;
      problems.push(...error.message.split("\n"));
    }
  }
  return types;
}

/** What the configuration alone cannot say. */
function contradictions(
  { path, descriptions, typeParameter }: Config["services"][number],
  types: readonly JobDescription[],
): string[] {
  const names = types.map(({ name }) => name);
  const twice = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  return [
    ...[...twice].map((name) => `${descriptions.join(", ")}: the service ${path} has two descriptions of "${name}"`),
    ...types
      .filter((description) => canonicalName(description, typeParameter) !== undefined)
      .map(
        ({ name }) =>
          `services: ${path}: typeParameter ${typeParameter} is a parameter of the job type "${name}"; name it differently`,
      ),
  ];
}
