import type { Config } from "@uws/config";
import { type JobDescription, readDescription } from "@uws/description";
import { acceptedDescriptions, type Store } from "@uws/store";
import type { Logger } from "pino";

/** Job types that workers announced and somebody accepted, by name. */
export type AcceptedTypes = ReadonlyMap<string, JobDescription>;

/** Reads those that a service of the configuration names; nothing is asked where none does. */
export async function acceptedTypes(config: Config, store: Store, log: Logger): Promise<AcceptedTypes> {
  const names = new Set(config.services.flatMap(({ types }) => types));
  const accepted = new Map<string, JobDescription>();
  for (const { digest, type, document } of await acceptedDescriptions(store, [...names])) {
    try {
      accepted.set(type, readDescription(document, `announced description ${digest}`));
    } catch (error) {
      // It was one when it was accepted, by another build than this.
      log.error({ err: error, digest, type }, "an accepted description cannot be read; the type is not served");
    }
  }
  return accepted;
}
