import type { Store } from "../store.ts";

/** The keys of all blobs that these jobs need: results and uploads. Jobs that are gone need none. */
export async function neededBlobs({ sql }: Store, jobs: readonly string[]): Promise<Set<string>> {
  const rows = await sql<{ key: string }[]>`
    select blob_key as key from results where job_id = any(${jobs as string[]}::uuid[]) and blob_key is not null
    union all
    select parameter -> 'upload' ->> 'key' from jobs cross join jsonb_array_elements(parameters) as parameter
    where jobs.id = any(${jobs as string[]}::uuid[]) and parameter ? 'upload'`;
  return new Set(rows.map(({ key }) => key));
}
