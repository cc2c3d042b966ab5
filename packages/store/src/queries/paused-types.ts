import type { Store } from "../store.ts";

/** The job types that are paused. */
export async function pausedTypes({ sql }: Store): Promise<string[]> {
  const rows = await sql<{ type: string }[]>`select type from job_types where paused order by type`;
  return rows.map(({ type }) => type);
}
