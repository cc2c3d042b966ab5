import type { Phase } from "@uws/core";
import { reached } from "../moves.ts";
import type { Quota } from "../quota.ts";
import type { Store } from "../store.ts";
import type { IdempotencyKey, NewJob } from "./create-job.ts";

/** What the jobs of a batch have in common: they come in one request, of one owner, at one service. */
export interface Batch {
  readonly service: string;
  readonly owner: string | undefined;
  /** Counts for those that are to run. */
  readonly quota: Quota | undefined;
  /** Of the request as a whole. */
  readonly idempotency: IdempotencyKey | undefined;
}

/** What became of jobs that were to be created together. */
export type JobsCreated =
  /** In the order in which they were given. */
  | { readonly outcome: "created"; readonly phases: readonly Phase[] }
  /** There is no room for all that are to run; nothing was created. */
  | { readonly outcome: "over_quota" }
  /** An earlier request with this key, which said `request`, has made these jobs. */
  | { readonly outcome: "repeated"; readonly jobs: readonly string[]; readonly request: string };

/** A job as the statement reads it. */
type Row = Omit<NewJob, "destruction" | "service" | "owner" | "quota" | "idempotency"> & {
  readonly destroyAt: Date | undefined;
  readonly destroyIn: number | undefined;
};

/**
 * Creates jobs together, as `createJob` creates one: all of them, or none, in one statement. Where the quota has room for
 * some of those that are to run, the first ones are QUEUED and the rest HELD, unless the service refuses them, which it does
 * to all.
 *
 * The key of the request is kept once for each job, with the job's number behind a line feed, which no key holds.
 * @param jobs at least one, all of the batch's service and owner
 */
export async function createJobs(store: Store, batch: Batch, jobs: readonly NewJob[]): Promise<JobsCreated> {
  const { sql } = store;
  const { service, owner, idempotency } = batch;
  const quota = jobs.some(({ run }) => run) ? batch.quota : undefined;
  const free =
    quota === undefined
      ? sql`select null::int as free`
      : sql`select ${quota.active} - uws_active_jobs(${service}::text, ${owner ?? null}::text, ${quota.active}) as free`;
  const keyOf = sql`${idempotency?.key ?? ""} || case when ordinal = 1 then '' else E'\\n' || ordinal end`;
  const keyed = sql`select ${service}, ${owner ?? ""}, ${keyOf}, ${idempotency?.request ?? ""}, id, uws_now()`;
  const claimed =
    idempotency === undefined
      ? sql`claimed as (select from allowed)`
      : sql`
          claimed as (
            insert into idempotency_keys (service, owner, key, request, job_id, creation_time)
            ${keyed} from given, allowed where ordinal = 1
            on conflict do nothing
            returning job_id
          ),
          others as (
            insert into idempotency_keys (service, owner, key, request, job_id, creation_time)
            ${keyed} from given, claimed where ordinal > 1
            on conflict (service, owner, key) do update
              set request = excluded.request, job_id = excluded.job_id, creation_time = excluded.creation_time
          )`;
  const created = await sql<{ id: string; phase: Phase }[]>`
    with given as materialized (
      select given.*, run and not uws_paused(type) as queues from rows from (
        jsonb_to_recordset(${sql.json(jobs.map(rowOf) as never)}) as (
          id uuid, type text, description text, "runId" text, priority smallint, parameters jsonb, "traceContext" jsonb,
          "executionDuration" int, "destroyAt" timestamptz, "destroyIn" float8, "maxAttempts" int, run boolean
        )
      ) with ordinality as given (
        id, type, description, "runId", priority, parameters, "traceContext", "executionDuration", "destroyAt", "destroyIn",
        "maxAttempts", run, ordinal
      )
    ),
    quota as materialized (${free}),
    allowed as (
      select from quota
      where free is null or ${quota?.over !== "refuse"} or (select count(*) from given where run) <= free
    ),
    ${claimed},
    placed as (select given.*, count(*) filter (where queues) over (order by ordinal) as place from given)
    insert into jobs (
      id, service, type, description, owner, run_id, priority, parameters, trace_context,
      execution_duration, destruction, max_attempts, creation_time, phase, queued_at
    )
    select id, ${service}, type, description, ${owner ?? null}, "runId", priority, parameters, "traceContext",
      "executionDuration", coalesce("destroyAt", uws_now() + make_interval(secs => "destroyIn")), "maxAttempts", uws_now(),
      case when not run then 'PENDING'
        when queues and (free is null or place <= free) then ${reached(sql, "run")}
        else ${reached(sql, "hold")} end,
      case when queues and (free is null or place <= free) then uws_now() end
    from placed, quota, claimed
    order by ordinal
    returning id, phase`;
  if (created.length === jobs.length) {
    const phases = new Map(created.map(({ id, phase }) => [id, phase]));
    return { outcome: "created", phases: jobs.map(({ id, run }) => phases.get(id) ?? (run ? "QUEUED" : "PENDING")) };
  }
  return (await earlier(store, batch, jobs.length)) ?? { outcome: "over_quota" };
}

function rowOf({ destruction, priority, ...job }: NewJob): Row {
  return {
    ...job,
    priority: priority ?? 0,
    destroyAt: destruction instanceof Date ? destruction : undefined,
    destroyIn: typeof destruction === "number" ? destruction : undefined,
  };
}

/** The jobs that an earlier request with the same key has made: one, where it was no batch. */
async function earlier({ sql }: Store, batch: Batch, most: number): Promise<JobsCreated | undefined> {
  const { service, owner, idempotency } = batch;
  if (idempotency === undefined) return undefined;
  const keys = Array.from({ length: most }, (_, index) => idempotency.key + (index === 0 ? "" : `\n${index + 1}`));
  const known = await sql<{ job: string; request: string }[]>`
    select job_id as job, request from idempotency_keys
    where service = ${service} and owner = ${owner ?? ""} and key = any(${keys}::text[])
    order by array_position(${keys}::text[], key)`;
  const [first] = known;
  if (first === undefined) return undefined;
  return { outcome: "repeated", jobs: known.map(({ job }) => job), request: first.request };
}
