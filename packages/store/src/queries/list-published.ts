import { limits, waitingPhases } from "@uws/core";
import { phaseList } from "../moves.ts";
import type { Store } from "../store.ts";

/**
 * The jobs of a service that were handed to the message queue and that nobody has claimed, in the order of the queue: for whoever
 * claims without pulling messages. Those that were handed over together have one time; among them owners take turns, as
 * `dispatchJobs` has put them. Reads the windows of the types, and no more.
 * @returns ids
 */
export async function listPublished(
  { sql }: Store,
  service: string,
  types: readonly string[],
  limit: number,
): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select id from (
      select next.*, row_number() over (
        partition by type, dispatched_at, coalesce(owner, '') order by priority desc, queued_at, id
      ) as turn
      from unnest(${types as string[]}::text[]) as asked (type) cross join lateral (
        select id, owner, dispatched_at, priority, queued_at from jobs
        where jobs.type = asked.type and jobs.service = ${service} and phase in ${phaseList(sql, waitingPhases)}
          and dispatched_at is not null and attempt_token is null and (available_at is null or available_at <= uws_now())
        order by dispatched_at, priority desc, queued_at, id
        limit ${limits.dispatchWindow}
      ) as next
    ) as published
    order by dispatched_at, priority desc, turn, queued_at, id
    limit ${limit}`;
  return rows.map(({ id }) => id);
}
