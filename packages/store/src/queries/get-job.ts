import type { Job, Parameter, Phase, Result } from "@uws/core";
import { isJobId } from "../job-id.ts";
import type { Store } from "../store.ts";
import type { Attempt } from "./list-attempts.ts";

interface JobRow {
  id: string;
  service: string;
  type: string;
  typeVersion: string;
  description: string;
  phase: Phase;
  owner: string | null;
  runId: string | null;
  creationTime: Date;
  startTime: Date | null;
  endTime: Date | null;
  executionDuration: number;
  priority: number;
  destruction: Date | null;
  parameters: Parameter[];
  attempt: number;
  worker: string | null;
  fraction: number | null;
  message: string | null;
  counters: Record<string, number> | null;
  errorType: "transient" | "fatal" | null;
  errorMessage: string | null;
  errorDetail: string | null;
  results: ResultRow[];
  attempts: AttemptRow[];
}

interface AttemptRow extends Omit<Attempt, "startTime" | "endTime"> {
  startTime: string;
  endTime: string | null;
}

interface ResultRow {
  id: string;
  mediaType: string;
  size: number | null;
  key: string | null;
  sha256: string | null;
  reference: string | null;
  createdAt: string;
}

/** A job as it is kept. */
export interface StoredJob extends Job {
  /** Digest of the description under which it was created. */
  readonly description: string;
  /** The attempts that were made of it, in order. */
  readonly attempts: readonly Attempt[];
}

/**
 * Reads a job of a service, whole, in one statement.
 * @returns undefined when the service has no such job
 */
export async function getJob({ sql }: Store, service: string, id: string): Promise<StoredJob | undefined> {
  if (!isJobId(id)) return undefined;
  const [row] = await sql<JobRow[]>`
    select jobs.id, service, jobs.type, version as "typeVersion", jobs.description, phase, owner, run_id as "runId",
      jobs.creation_time as "creationTime", start_time as "startTime", end_time as "endTime",
      execution_duration as "executionDuration", destruction, priority, parameters, attempt, worker,
      progress_fraction as fraction, progress_message as message, progress_counters as counters,
      error_type as "errorType", error_message as "errorMessage", error_detail as "errorDetail",
      coalesce((
        select json_agg(json_build_object(
          'id', results.id, 'mediaType', media_type, 'size', size, 'key', blob_key, 'sha256', sha256,
          'reference', reference, 'createdAt', results.creation_time
        ) order by ordinal)
        from results where job_id = jobs.id
      ), '[]') as results,
      case when attempt = 0 then '[]' else coalesce((
        select json_agg(json_build_object(
          'number', number, 'worker', attempts.worker, 'startTime', attempts.start_time, 'endTime', attempts.end_time,
          'outcome', outcome, 'message', message
        ) order by number)
        from attempts where job_id = jobs.id
      ), '[]') end as attempts
    from jobs join descriptions on digest = jobs.description
    where jobs.id = ${id}`;
  // By its id alone: with the service, the planner may take an index of all the service's jobs.
  return row?.service === service ? jobOf(row) : undefined;
}

function jobOf(row: JobRow): StoredJob {
  return {
    id: row.id,
    service: row.service,
    type: row.type,
    typeVersion: row.typeVersion,
    description: row.description,
    phase: row.phase,
    owner: row.owner ?? undefined,
    runId: row.runId ?? undefined,
    creationTime: row.creationTime,
    startTime: row.startTime ?? undefined,
    endTime: row.endTime ?? undefined,
    executionDuration: row.executionDuration,
    priority: row.priority,
    destruction: row.destruction ?? undefined,
    parameters: row.parameters,
    results: row.results.map(resultOf),
    error:
      row.errorType === null
        ? undefined
        : { type: row.errorType, message: row.errorMessage ?? "", detail: row.errorDetail ?? undefined },
    progress:
      row.fraction === null && row.message === null
        ? undefined
        : { fraction: row.fraction ?? 0, message: row.message ?? "", counters: row.counters ?? {} },
    attempt: row.attempt,
    worker: row.worker ?? undefined,
    attempts: row.attempts.map(({ startTime, endTime, ...attempt }) => ({
      ...attempt,
      startTime: new Date(startTime),
      endTime: endTime === null ? null : new Date(endTime),
    })),
  };
}

function resultOf(row: ResultRow): Result {
  return {
    id: row.id,
    mediaType: row.mediaType,
    size: row.size ?? undefined,
    location: row.key === null ? { reference: row.reference ?? "" } : { key: row.key, sha256: row.sha256 ?? "" },
    createdAt: new Date(row.createdAt),
  };
}
