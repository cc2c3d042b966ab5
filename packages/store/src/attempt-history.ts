import { limits } from "@uws/core";
import type postgres from "postgres";
import type { Sql } from "./store.ts";

type Fragment = postgres.PendingQuery<postgres.Row[]>;

/**
 * The attempts of the job `jobs`, a line each, for its error's detail; the one that ends with this very statement has the given
 * outcome and message. Null where it was the only one: its message says all.
 */
export function attemptHistory(sql: Sql, outcome: string, message: Fragment): Fragment {
  const time = (at: Fragment) => sql`to_char(${at} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
  return sql`(
    select left(string_agg(format('attempt %s on %s, %s to %s: %s. %s', number, worker, ${time(sql`start_time`)},
      ${time(sql`coalesce(end_time, uws_now())`)}, coalesce(outcome, ${outcome}::text),
      case when outcome is null then ${message} else message end), E'\n' order by number), ${limits.detailLength})
    from attempts where job_id = jobs.id having count(*) > 1
  )`;
}
