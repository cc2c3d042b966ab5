import type { ErrorSummary, Job, JobReference, Parameter, Phase } from "@uws/core";
import { type JobLinks, jobUrl, parameterUrls, resultUrl } from "./links.ts";
import { formatTime } from "./time.ts";

/**
 * A job as JSON, which UWS 1.1 does not define. The names are the standard's in camel case; every member is always
 * there, null where there is no value; times are text, as `formatTime` writes them. `jobSchema` describes it to OpenAPI.
 */
export interface JobJson {
  readonly jobId: string;
  readonly runId: string | null;
  readonly ownerId: string | null;
  readonly phase: Phase;
  readonly quote: string | null;
  readonly creationTime: string;
  readonly startTime: string | null;
  readonly endTime: string | null;
  /** Seconds; 0 = unlimited. */
  readonly executionDuration: number;
  /** The higher comes first. */
  readonly priority: number;
  readonly destruction: string | null;
  readonly type: string;
  readonly typeVersion: string;
  readonly attempt: number;
  readonly worker: string | null;
  readonly progress: {
    readonly fraction: number;
    readonly message: string;
    readonly counters: Readonly<Record<string, number>>;
  } | null;
  readonly parameters: readonly ParameterJson[];
  readonly results: readonly ResultJson[];
  readonly errorSummary: ErrorSummaryJson | null;
  readonly links: JobLinksJson;
}

export type ParameterJson =
  | { readonly name: string; readonly value: string }
  | {
      readonly name: string;
      readonly byReference: true;
      readonly href: string;
      readonly mediaType: string;
      readonly size: number;
    };

export interface ResultJson {
  readonly id: string;
  readonly href: string;
  readonly mediaType: string;
  /** Bytes. */
  readonly size: number | null;
}

export interface ErrorSummaryJson {
  readonly type: ErrorSummary["type"];
  /** Whether links.error has more to say. */
  readonly hasDetail: boolean;
  readonly message: string;
}

export interface JobLinksJson {
  readonly self: string;
  readonly phase: string;
  readonly parameters: string;
  readonly results: string;
  readonly error: string | null;
  readonly events: string;
}

export interface JobReferenceJson {
  readonly jobId: string;
  readonly href: string;
  readonly phase: Phase;
  readonly runId: string | null;
  readonly ownerId: string | null;
  readonly creationTime: string;
  readonly type: string;
  /** Where it was asked for. */
  readonly summary?: JobSummaryJson;
}

/** What a table shows of a job, so that nobody asks for each job of a list; long values are cut. */
export interface JobSummaryJson {
  readonly startTime: string | null;
  readonly endTime: string | null;
  readonly destruction: string | null;
  readonly progress: { readonly fraction: number; readonly message: string } | null;
  readonly parameters: readonly SummarizedParameterJson[];
  readonly parameterCount: number;
  readonly results: readonly ResultJson[];
  readonly resultCount: number;
  readonly error: string | null;
}

export type SummarizedParameterJson =
  | { readonly name: string; readonly value: string; readonly cut: boolean }
  | { readonly name: string; readonly byReference: true; readonly mediaType: string; readonly size: number };

/** Of what a summary is made. */
export interface SummarizedJob {
  readonly startTime: Date | null;
  readonly endTime: Date | null;
  readonly destruction: Date | null;
  readonly progress: JobSummaryJson["progress"];
  readonly parameters: readonly (
    | { readonly name: string; readonly value: string; readonly cut: boolean }
    | { readonly name: string; readonly mediaType: string; readonly size: number }
  )[];
  readonly parameterCount: number;
  readonly results: readonly Omit<ResultJson, "href">[];
  readonly resultCount: number;
  readonly error: string | null;
}

/** One page of a job list. */
export interface JobListJson {
  readonly jobs: readonly JobReferenceJson[];
  /** URL of the next page; null on the last one. */
  readonly next: string | null;
}

const timeOrNull = (time: Date | undefined) => (time === undefined ? null : formatTime(time));

export function jobJson(job: Job, { url, quote }: JobLinks): JobJson {
  return {
    jobId: job.id,
    runId: job.runId ?? null,
    ownerId: job.owner ?? null,
    phase: job.phase,
    quote: timeOrNull(quote),
    creationTime: formatTime(job.creationTime),
    startTime: timeOrNull(job.startTime),
    endTime: timeOrNull(job.endTime),
    executionDuration: job.executionDuration,
    priority: job.priority,
    destruction: timeOrNull(job.destruction),
    type: job.type,
    typeVersion: job.typeVersion,
    attempt: job.attempt,
    worker: job.worker ?? null,
    progress: job.progress ?? null,
    parameters: parametersJson(job.parameters, url),
    results: job.results.map(({ id, mediaType, size }) => ({
      id,
      href: resultUrl(url, id),
      mediaType,
      size: size ?? null,
    })),
    errorSummary: job.error === undefined ? null : errorSummaryJson(job.error),
    links: {
      self: url,
      phase: `${url}/phase`,
      parameters: `${url}/parameters`,
      results: `${url}/results`,
      error: job.error === undefined ? null : `${url}/error`,
      events: `${url}/events`,
    },
  };
}

/** @param url of the job */
export function parametersJson(parameters: readonly Parameter[], url: string): ParameterJson[] {
  const links = parameterUrls(url, parameters);
  return parameters.map((parameter, index) => parameterJson(parameter, links[index] ?? url));
}

function parameterJson(parameter: Parameter, href: string): ParameterJson {
  const { name } = parameter;
  if ("value" in parameter) return { name, value: parameter.value };
  const { mediaType, size } = parameter.upload;
  return { name, byReference: true, href, mediaType, size };
}

function errorSummaryJson({ type, detail, message }: ErrorSummary): ErrorSummaryJson {
  return { type, hasDetail: detail !== undefined, message };
}

/**
 * One page of a job list.
 * @param next URL of the next page, where there is one
 * @param summaries of the jobs, by their ids, where they were asked for
 */
export function jobListJson(
  jobs: readonly JobReference[],
  {
    url,
    next,
    summaries,
  }: {
    readonly url: string;
    readonly next?: string | undefined;
    readonly summaries?: ReadonlyMap<string, SummarizedJob> | undefined;
  },
): JobListJson {
  return {
    jobs: jobs.map((job) => ({
      jobId: job.id,
      href: jobUrl(url, job.id),
      phase: job.phase,
      runId: job.runId ?? null,
      ownerId: job.owner ?? null,
      creationTime: formatTime(job.creationTime),
      type: job.type,
      ...summaryMember(summaries?.get(job.id), jobUrl(url, job.id)),
    })),
    next: next ?? null,
  };
}

function summaryMember(summary: SummarizedJob | undefined, url: string): { readonly summary?: JobSummaryJson } {
  if (summary === undefined) return {};
  const { startTime, endTime, destruction, progress, parameters, parameterCount, results, resultCount, error } =
    summary;
  return {
    summary: {
      startTime: timeOrNull(startTime ?? undefined),
      endTime: timeOrNull(endTime ?? undefined),
      destruction: timeOrNull(destruction ?? undefined),
      progress,
      parameters: parameters.map((parameter) =>
        "value" in parameter ? parameter : { ...parameter, byReference: true as const },
      ),
      parameterCount,
      results: results.map((result) => ({ ...result, href: resultUrl(url, result.id) })),
      resultCount,
      error,
    },
  };
}
