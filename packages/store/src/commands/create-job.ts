import type { Parameter, Phase } from "@uws/core";
import type postgres from "postgres";
import { reached } from "../moves.ts";
import { type Quota, roomFor } from "../quota.ts";
import type { Store } from "../store.ts";

export interface NewJob {
  /** From `newJobId()`: uploads are stored under it before the job exists. */
  readonly id: string;
  readonly service: string;
  readonly type: string;
  /** Digest of the stored description. */
  readonly description: string;
  readonly owner: string | undefined;
  readonly runId: string | undefined;
  readonly parameters: readonly Parameter[];
  /** Seconds; 0 = unlimited. */
  readonly executionDuration: number;
  /** A time, or seconds from now; undefined = never. */
  readonly destruction: Date | number | undefined;
  readonly maxAttempts: number;
  readonly priority?: number;
  readonly traceContext?: Readonly<Record<string, string>>;
  /** PHASE=RUN: the job is queued, or held, by the statement that creates it. */
  readonly run: boolean;
  /** Counts when the job is to run. */
  readonly quota?: Quota | undefined;
  /** With it, a request that is repeated makes no second job. */
  readonly idempotency?: IdempotencyKey | undefined;
}

/** Names a request of one owner at one service. */
export interface IdempotencyKey {
  readonly key: string;
  /** Digest of what the request says. */
  readonly request: string;
}

/** What became of a job that was to be created. */
export type JobCreated =
  | { readonly outcome: "created"; readonly phase: Phase }
  /** There is no room for another active job; nothing was created. */
  | { readonly outcome: "over_quota" }
  /** An earlier request with this key, which said `request`, has made that job. */
  | { readonly outcome: "repeated"; readonly job: string; readonly request: string };

/** Creates a job, PENDING, QUEUED if it is to run, or HELD (UWS 1.1, section 2.2.3), in one statement. */
export async function createJob(store: Store, job: NewJob): Promise<JobCreated> {
  const { sql } = store;
  const quota = job.run ? job.quota : undefined;
  const destruction =
    typeof job.destruction === "number"
      ? sql`uws_now() + make_interval(secs => ${job.destruction})`
      : sql`${job.destruction ?? null}::timestamptz`;
  const room =
    quota === undefined
      ? sql`select true as room`
      : roomFor(sql, quota, sql`${job.service}::text`, sql`${job.owner ?? null}::text`, sql``);
  const queues = sql`room and not uws_paused(${job.type})`;
  const claimed =
    job.idempotency === undefined
      ? sql`select from allowed`
      : sql`
          insert into idempotency_keys (service, owner, key, request, job_id, creation_time)
          select ${job.service}, ${job.owner ?? ""}, ${job.idempotency.key}, ${job.idempotency.request}, ${job.id}::uuid,
            uws_now() from allowed
          on conflict do nothing
          returning job_id`;
  const [created] = await sql<{ phase: Phase }[]>`
    with quota as materialized (${room}),
    allowed as (select from quota where room or ${quota?.over !== "refuse"}),
    claimed as (${claimed})
    insert into jobs (
      id, service, type, description, owner, run_id, priority, parameters, trace_context,
      execution_duration, destruction, max_attempts, creation_time, phase, queued_at
    )
    select
      ${job.id}, ${job.service}, ${job.type}, ${job.description}, ${job.owner ?? null}, ${job.runId ?? null},
      ${job.priority ?? 0}, ${sql.json(job.parameters as unknown as postgres.JSONValue)},
      ${job.traceContext === undefined ? null : sql.json(job.traceContext)},
      ${job.executionDuration}, ${destruction}, ${job.maxAttempts}, uws_now(),
      ${job.run ? sql`case when ${queues} then ${reached(sql, "run")} else ${reached(sql, "hold")} end` : sql`'PENDING'`},
      ${job.run ? sql`case when ${queues} then uws_now() end` : null}
    from quota, claimed
    returning phase`;
  if (created !== undefined) return { outcome: "created", phase: created.phase };
  return (await earlier(store, job)) ?? { outcome: "over_quota" };
}

/** The job that an earlier request with the same key has made. */
async function earlier({ sql }: Store, job: NewJob): Promise<JobCreated | undefined> {
  if (job.idempotency === undefined) return undefined;
  const [known] = await sql<{ job: string; request: string }[]>`
    select job_id as job, request from idempotency_keys
    where service = ${job.service} and owner = ${job.owner ?? ""} and key = ${job.idempotency.key}`;
  return known === undefined ? undefined : { outcome: "repeated", ...known };
}
