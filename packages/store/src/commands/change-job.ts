import { type Parameter, type Phase, terminalPhases } from "@uws/core";
import type postgres from "postgres";
import { movable, phaseList, reached } from "../moves.ts";
import { type Quota, roomFor } from "../quota.ts";
import type { Store } from "../store.ts";

/** What a client wants changed. All of it happens, or nothing. */
export interface JobChange {
  /** Only while PENDING. */
  readonly runId?: string | undefined;
  /** Each name (without regard to case) loses its earlier values. Only while PENDING. */
  readonly parameters?: readonly Parameter[] | undefined;
  /** Seconds that an attempt may take, 0 = unlimited; one that runs gets the new deadline. Not once the job has ended. */
  readonly executionDuration?: number | undefined;
  /** No later than so many seconds from now (undefined = at any time). Not once the job is archived. */
  readonly destruction?: { readonly time: Date; readonly maxSeconds: number | undefined } | undefined;
  /** PHASE=RUN: queues the job, or holds it where its owner is over quota. */
  readonly run?: { readonly quota: Quota | undefined } | undefined;
}

/** What became of it. */
export type JobChanged =
  | { readonly outcome: "changed"; readonly phase: Phase }
  /** The phase does not allow it, or the job is gone. */
  | { readonly outcome: "refused" }
  /** There is no room for another active job. */
  | { readonly outcome: "over_quota" };

/** Changes a job as its client wishes (UWS 1.1, section 2.2.3), in one statement. */
export async function changeJob({ sql }: Store, id: string, change: JobChange): Promise<JobChanged> {
  const { runId, parameters, executionDuration, destruction, run } = change;
  const quota = run?.quota;
  const allowed = sql`
    ${runId === undefined && parameters === undefined ? sql`` : sql`and jobs.phase = 'PENDING'`}
    ${executionDuration === undefined ? sql`` : sql`and jobs.phase not in ${phaseList(sql, terminalPhases)}`}
    ${destruction === undefined ? sql`` : sql`and jobs.phase <> 'ARCHIVED'`}
    ${run === undefined ? sql`` : sql`and ${movable(sql, "run")}`}`;
  const room =
    quota === undefined ? sql`select true as room` : roomFor(sql, quota, sql`service`, sql`owner`, sql`from target`);
  const queues = sql`(room and not uws_paused(target.type))`;
  const names = parameters?.map(({ name }) => name.toLowerCase()) ?? [];
  const [answer] = await sql<[{ phase: Phase | null; there: boolean }]>`
    with target as materialized (
      select id, service, type, owner, parameters from jobs where id = ${id} ${allowed} for update
    ),
    quota as materialized (${room}),
    given as (
      select parameter, ordinality, lower(parameter ->> 'name') = any(${names}::text[]) as dropped
      from target cross join jsonb_array_elements(target.parameters) with ordinality as old (parameter, ordinality)
    ),
    changed as (
      update jobs set id = jobs.id
        ${runId === undefined ? sql`` : sql`, run_id = ${runId}`}
        ${
          parameters === undefined
            ? sql``
            : sql`, parameters =
                coalesce((select jsonb_agg(parameter order by ordinality) from given where not dropped), '[]')
                  || ${sql.json(parameters as unknown as postgres.JSONValue)}`
        }
        ${
          executionDuration === undefined
            ? sql``
            : sql`, execution_duration = ${executionDuration}, deadline = case when ${executionDuration} > 0
                then uws_attempt_start(jobs.id) + make_interval(secs => ${executionDuration}) end`
        }
        ${
          destruction === undefined
            ? sql``
            : sql`, destruction = least(
                ${destruction.time}::timestamptz,
                uws_now() + make_interval(secs => ${destruction.maxSeconds ?? null})
              )`
        }
        ${
          run === undefined
            ? sql``
            : sql`, phase = case when ${queues} then ${reached(sql, "run")} else ${reached(sql, "hold")} end,
                queued_at = case when ${queues} then uws_now() end, dispatched_at = null`
        }
      from target, quota
      where jobs.id = target.id ${allowed} and (room or ${quota?.over !== "refuse"})
      returning jobs.id, jobs.phase
    ),
    thrown as (
      insert into garbage (key)
      select parameter -> 'upload' ->> 'key' from given, changed where dropped and parameter ? 'upload'
    )
    select (select phase from changed) as phase, exists (select from target) as there`;
  if (answer.phase !== null) return { outcome: "changed", phase: answer.phase };
  return { outcome: answer.there && quota?.over === "refuse" ? "over_quota" : "refused" };
}
