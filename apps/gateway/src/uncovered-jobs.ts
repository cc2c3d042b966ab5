import { type Store, typesOfJobs } from "@uws/store";
import type { Bearer } from "./worker-tokens.ts";

/** Those of the jobs whose types the bearer may not run. Costs a query only where a token is limited to types. */
export async function uncoveredJobs(
  store: Store,
  { types }: Bearer,
  jobs: readonly string[],
): Promise<ReadonlySet<string>> {
  if (types === undefined || jobs.length === 0) return new Set();
  const found = await typesOfJobs(store, jobs);
  return new Set([...found].filter(([, type]) => !types.has(type)).map(([job]) => job));
}
