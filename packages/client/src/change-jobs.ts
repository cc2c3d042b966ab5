import { absoluteUrl } from "./absolute-url.ts";
import { childUrl } from "./child-url.ts";
import { UwsClientError } from "./errors.ts";
import { filterQuery, type JobFilter } from "./job-filter.ts";
import { readAnswer } from "./job-handle.ts";
import { isObject, objectsIn, parseJson, textIn } from "./read-json.ts";
import type { Transport } from "./transport.ts";

/** What can be done to many jobs by one request. */
export type ManyAction = "abort" | "delete" | "archive";

/** The caller's jobs to which it is done: those that fit a filter, of which at least one part must be given, or those of these ids. */
export type JobSelection = JobFilter | { readonly ids: readonly string[] };

export interface ChangeJobsOptions {
  /** Only say which jobs these are. */
  readonly dryRun?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What one request has done. */
export interface ChangedJobs {
  /** Ids of the jobs to which it was done, or would be. */
  readonly jobs: readonly string[];
  readonly refused: readonly RefusedJob[];
}

/** A job to which it could not be done, and why. */
export interface RefusedJob {
  readonly jobId: string;
  /** `not_found` or `forbidden`. */
  readonly code: string;
  readonly detail: string;
}

interface Page extends ChangedJobs {
  /** Absolute URL. */
  readonly next: string | undefined;
}

/**
 * Does something to many jobs, by as many requests as it takes: a request changes a thousand at most, and says where to go on.
 * @throws UwsClientError when a selection is refused, or where there is no such thing
 */
export async function* changeJobs(
  transport: Transport,
  jobList: string,
  action: ManyAction,
  selection: JobSelection,
  { dryRun = false, signal }: ChangeJobsOptions,
): AsyncGenerator<ChangedJobs, void, undefined> {
  let body = new URLSearchParams();
  if (!("ids" in selection)) body = filterQuery(selection);
  else for (const id of selection.ids) body.append("ID", id);
  if (dryRun) body.set("DRYRUN", "true");
  const seen = new Set<string>();
  let url: string | undefined = childUrl(jobList, "batch", action);
  while (url !== undefined) {
    if (seen.has(url)) throw new UwsClientError(`${url}: this page comes twice`, { method: "POST", url, status: 200 });
    seen.add(url);
    const answer = await transport.send(url, { method: "POST", accept: "application/json", body, signal });
    const { jobs, refused, next }: Page = await readAnswer(answer, readPage);
    yield { jobs, refused };
    // It has the filters with it.
    body = new URLSearchParams();
    url = next;
  }
}

function readPage(document: string, url: string): Page {
  const page = parseJson(document);
  if (!isObject(page) || !Array.isArray(page.jobs)) throw new Error("no list of jobs");
  const next = textIn(page, "next");
  return {
    jobs: page.jobs.filter((id) => typeof id === "string"),
    refused: objectsIn(page, "refused").map((refused) => ({
      jobId: textIn(refused, "jobId") ?? "",
      code: textIn(refused, "code") ?? "",
      detail: textIn(refused, "detail") ?? "",
    })),
    next: next === undefined ? undefined : absoluteUrl(next, url),
  };
}
