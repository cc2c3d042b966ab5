import type { Store } from "../store.ts";

/** The job types of these jobs, by job id; those that are gone are left out. */
export async function typesOfJobs({ sql }: Store, jobs: readonly string[]): Promise<Map<string, string>> {
  const rows = await sql<
    { id: string; type: string }[]
  >`select id, type from jobs where id = any(${[...jobs]}::uuid[])`;
  return new Map(rows.map(({ id, type }) => [id, type]));
}
