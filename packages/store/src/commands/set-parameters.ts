import type { Parameter } from "@uws/core";
import type postgres from "postgres";
import type { Store } from "../store.ts";

/**
 * Sets parameters of a PENDING job: each given name (without regard to case) loses its earlier values.
 * @returns false when the job is not PENDING (or gone); then nothing has changed
 */
export async function setParameters({ sql }: Store, id: string, parameters: readonly Parameter[]): Promise<boolean> {
  const names = parameters.map((parameter) => parameter.name.toLowerCase());
  const changed = await sql`
    with replaced as (
      select jobs.id, old.value as parameter, old.ordinality,
        lower(old.value ->> 'name') = any(${names}::text[]) as dropped
      from jobs cross join jsonb_array_elements(jobs.parameters) with ordinality as old
      where jobs.id = ${id} and jobs.phase = 'PENDING'
    ),
    changed as (
      update jobs set parameters =
        coalesce((select jsonb_agg(parameter order by ordinality) from replaced where not dropped), '[]')
          || ${sql.json(parameters as unknown as postgres.JSONValue)}
      where id = ${id} and phase = 'PENDING'
      returning id
    ),
    thrown as (
      insert into garbage (key)
      select parameter -> 'upload' ->> 'key' from replaced, changed where dropped and parameter ? 'upload'
    )
    select id from changed`;
  return changed.length === 1;
}
