import type { Config } from "@uws/config";
import { type JobDescription, loadDescription } from "@uws/description";
import { type Store, saveDescription } from "@uws/store";

/** A UWS endpoint: one job list, one job type. */
export interface Service {
  /** As configured, e.g. `api/batch`; jobs are stored under it. */
  readonly path: string;
  /** Path of its job list in URLs, with a slash before and none after. */
  readonly listPath: string;
  readonly description: JobDescription;
}

/**
 * Loads the descriptions of the configured services, and keeps them in the store: each job points at the exact one under
 * which it was created.
 */
export async function loadServices(config: Config, store: Store): Promise<Service[]> {
  const services: Service[] = [];
  for (const { path, jobList, descriptions } of config.services) {
    for (const file of descriptions) {
      const description = await loadDescription(file);
      const { digest, name, version, document } = description;
      await saveDescription(store, { digest, type: name, version, document });
      services.push({ path, listPath: `/${path}/${jobList}`, description });
    }
  }
  return services;
}
