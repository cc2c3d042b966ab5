import type { Parameter } from "@uws/core";
import type postgres from "postgres";
import { reached } from "../moves.ts";
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
  /** PHASE=RUN: the job is queued by the statement that creates it. */
  readonly run: boolean;
}

/** Creates a job, PENDING or, if it is to run, QUEUED (UWS 1.1, section 2.2.3.1). */
export async function createJob({ sql }: Store, job: NewJob): Promise<void> {
  const destruction =
    typeof job.destruction === "number"
      ? sql`uws_now() + make_interval(secs => ${job.destruction})`
      : sql`${job.destruction ?? null}::timestamptz`;
  await sql`
    insert into jobs (
      id, service, type, description, owner, run_id, priority, parameters, trace_context,
      execution_duration, destruction, max_attempts, creation_time, phase, queued_at
    ) values (
      ${job.id}, ${job.service}, ${job.type}, ${job.description}, ${job.owner ?? null}, ${job.runId ?? null},
      ${job.priority ?? 0}, ${sql.json(job.parameters as unknown as postgres.JSONValue)},
      ${job.traceContext === undefined ? null : sql.json(job.traceContext)},
      ${job.executionDuration}, ${destruction}, ${job.maxAttempts}, uws_now(),
      ${job.run ? reached(sql, "run") : sql`'PENDING'`}, ${job.run ? sql`uws_now()` : null}
    )`;
}
