import type { Config } from "@uws/config";
import { type JobDescription, loadDescription } from "@uws/description";
import { type Keep, limitType, type Quota, type Store, saveDescription } from "@uws/store";

/** A UWS endpoint: one job list, one job type. */
export interface Service {
  /** As configured, e.g. `api/batch`; jobs are stored under it. */
  readonly path: string;
  /** Path of the service in URLs, with a slash before and none after. */
  readonly basePath: string;
  /** Path of its job list in URLs, with a slash before and none after. */
  readonly listPath: string;
  readonly description: JobDescription;
  /** To how many jobs a client is sent that has destroyed one; undefined = to all. */
  readonly redirectLast: number | undefined;
  /** In which form its jobs tell why they failed. */
  readonly errors: "text" | "votable";
  /** How many active jobs one owner may have; undefined = any number. */
  readonly quota: Quota | undefined;
  /** How long jobs are kept that have been archived; undefined where jobs are removed at their destruction time. */
  readonly keepArchived: Keep;
}

/**
 * Loads the descriptions of the configured services, and keeps them in the store: each job points at the exact one under
 * which it was created.
 */
export async function loadServices(config: Config, store: Store): Promise<Service[]> {
  const services: Service[] = [];
  for (const { path, jobList, descriptions, redirectLast, errors, quota, archive } of config.services) {
    const keepArchived = archive === undefined ? undefined : (archive.keep ?? null);
    for (const file of descriptions) {
      const description = await loadDescription(file);
      const { digest, name, version, document } = description;
      await saveDescription(store, { digest, type: name, version, document });
      await limitType(store, name, description);
      const paths = { path, basePath: `/${path}`, listPath: `/${path}/${jobList}` };
      services.push({ ...paths, description, redirectLast, errors, quota, keepArchived });
    }
  }
  return services;
}
