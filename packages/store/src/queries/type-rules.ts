import type { Store } from "../store.ts";

/** What holds for the jobs of a type at the moment. */
export interface TypeRules {
  readonly type: string;
  readonly paused: boolean;
  /** Only so many of its jobs may run at once, of all owners or of one. */
  readonly limited: boolean;
}

/** The job types that are paused or have limits. */
export async function typeRules({ sql }: Store): Promise<TypeRules[]> {
  return await sql<TypeRules[]>`
    select type, paused, concurrency is not null or owner_concurrency is not null as limited from job_types
    where paused or concurrency is not null or owner_concurrency is not null
    order by type`;
}
