import { waitingPhases } from "@uws/core";
import { phaseList } from "../moves.ts";
import type { Store } from "../store.ts";

/**
 * The job types of which some job waits to be handed to the message queue. Jumps from type to type in the index, so
 * that a million waiting jobs cost no more than one.
 */
export async function waitingTypes({ sql }: Store): Promise<string[]> {
  const waits = sql`phase in ${phaseList(sql, waitingPhases)} and dispatched_at is null and attempt_token is null`;
  const rows = await sql<{ type: string }[]>`
    with recursive types as (
      (select type from jobs where ${waits} order by type limit 1)
      union all
      select (select type from jobs where ${waits} and type > types.type order by type limit 1)
      from types where type is not null
    )
    select type from types where type is not null`;
  return rows.map(({ type }) => type);
}
