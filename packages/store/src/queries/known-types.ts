import type { Store } from "../store.ts";

/** The job types that were ever served, announced, paused or limited, by name. */
export async function knownTypes({ sql }: Store): Promise<string[]> {
  const rows = await sql<{ type: string }[]>`
    select type from descriptions
    union select type from announced_descriptions
    union select type from job_types
    order by type`;
  return rows.map(({ type }) => type);
}
