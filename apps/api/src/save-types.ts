import { ConfigError } from "@uws/config";
import { differences, isJsonObject, type JobDescription, meaningDigest } from "@uws/description";
import { findVersion, limitType, type Store, saveDescription } from "@uws/store";
import type { Service } from "./service.ts";

/**
 * Keeps the descriptions in the store: each job points at the exact one under which it was created.
 * @throws ConfigError where the meaning of a version has changed: a job that says it ran under 1.0.0 would not say how
 */
export async function saveTypes(services: readonly Service[], store: Store): Promise<void> {
  const problems: string[] = [];
  for (const { types, places } of services) {
    for (const type of types) {
      const place = places.get(type)?.("version");
      const wrong = await save(type, store);
      problems.push(...wrong.map((problem) => (place === undefined ? problem : `${place}: version: ${problem}`)));
    }
  }
  if (problems.length > 0) throw new ConfigError(problems);
  for (const type of services.flatMap((service) => service.types)) await limitType(store, type.name, type);
}

async function save({ digest, name, version, document }: JobDescription, store: Store): Promise<string[]> {
  const refusal = `job type ${name}: version ${version} means something else already`;
  // What was stored before versions had one meaning is looked at here; who comes at the same moment, by the statement.
  const stored = await findVersion(store, name, version);
  const changed = isJsonObject(stored) ? differences(stored, document) : [];
  if (changed.length > 0) return [`${refusal} (changed: ${changed.join(", ")}); change the version`];
  const meaning = meaningDigest(document);
  const kept = await saveDescription(store, { digest, type: name, version, meaning, document });
  return kept ? [] : [`${refusal}; change the version`];
}
