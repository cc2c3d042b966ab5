import type { Store } from "../store.ts";

/** How many jobs of a type may be with workers, or on their way to them, at once; undefined = any number. */
export interface TypeLimits {
  readonly concurrency: number | undefined;
  /** Those of one owner. */
  readonly ownerConcurrency: number | undefined;
}

/** Sets the limits of a job type, as its description has them. */
export async function limitType({ sql }: Store, type: string, limits: TypeLimits): Promise<void> {
  await sql`
    insert into job_types (type, concurrency, owner_concurrency)
    values (${type}, ${limits.concurrency ?? null}, ${limits.ownerConcurrency ?? null})
    on conflict (type) do update set concurrency = excluded.concurrency, owner_concurrency = excluded.owner_concurrency`;
}
