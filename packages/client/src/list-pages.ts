import { absoluteUrl } from "./absolute-url.ts";
import { childUrl } from "./child-url.ts";
import { UwsClientError } from "./errors.ts";
import { readAnswer } from "./job-handle.ts";
import { readJobList } from "./read-job-xml.ts";
import { isObject, parseJson } from "./read-json.ts";
import { isRemotePhase, type RemoteJobReference } from "./remote-job.ts";
import type { Answer, Transport } from "./transport.ts";

/** JSON comes in pages, which a server can make one after the other; XML is what every UWS server has. */
const jsonOrXml = "application/json, text/xml;q=0.9, application/xml;q=0.8, */*;q=0.1";

interface Page {
  readonly jobs: readonly RemoteJobReference[];
  /** Absolute URL. */
  readonly next: string | undefined;
}

/**
 * A job list with all of its pages.
 * @param url of the list, with its filters
 * @param onlyOurs whether there are filters that other servers pass over, and that cannot be made up for
 * @throws UwsClientError when another server would have to filter so; when a page after the first is no page, or one that was there before
 */
export async function listPages(
  transport: Transport,
  url: string,
  onlyOurs: boolean,
  signal: AbortSignal | undefined,
): Promise<RemoteJobReference[]> {
  const first = await transport.send(url, { accept: jsonOrXml, signal });
  let page = isJson(first) ? await readPage(first) : undefined;
  if (page === undefined && onlyOurs) {
    const message = `${url}: this server does not filter by job types and parameters`;
    throw new UwsClientError(message, { method: "GET", url, status: first.response.status });
  }
  if (!isJson(first)) return readAnswer(first, readJobList);
  // JSON of some other making, of which the standard says nothing.
  if (page === undefined) return readAnswer(await transport.send(url, { signal }), readJobList);

  const jobs: RemoteJobReference[] = [...page.jobs];
  const seen = new Set([url]);
  for (let at = page.next; at !== undefined; at = page.next) {
    if (seen.has(at)) throw new UwsClientError(`${at}: this page comes twice`, { method: "GET", url: at });
    seen.add(at);
    const answer = await transport.send(at, { accept: "application/json", signal });
    page = await readPage(answer);
    if (page === undefined) {
      const { status } = answer.response;
      throw new UwsClientError(`${at}: not a page of a job list`, { method: "GET", url: at, status });
    }
    for (const job of page.jobs) jobs.push(job);
  }
  return jobs;
}

function isJson({ response }: Answer): boolean {
  return response.headers.get("content-type")?.includes("json") === true;
}

/** A page as bun-uws has it: `{jobs: […], next}`; undefined when it is something else. */
async function readPage({ response, url }: Answer): Promise<Page | undefined> {
  const page = parseJson(await response.text());
  if (!isObject(page) || !Array.isArray(page.jobs)) return undefined;
  const jobs = page.jobs.map((job: unknown) => readReference(job, url));
  if (!jobs.every((job) => job !== undefined)) return undefined;
  if (typeof page.next !== "string") return { jobs, next: undefined };
  const next = absoluteUrl(page.next, url);
  return next === undefined ? undefined : { jobs, next };
}

function readReference(job: unknown, url: string): RemoteJobReference | undefined {
  if (!isObject(job)) return undefined;
  const { jobId, href, phase, runId, ownerId, creationTime } = job;
  if (typeof jobId !== "string" || typeof phase !== "string" || !isRemotePhase(phase)) return undefined;
  const link = absoluteUrl(typeof href === "string" ? href : childUrl(url, jobId), url);
  if (link === undefined) return undefined;
  return {
    jobId,
    href: link,
    phase,
    runId: typeof runId === "string" ? runId : undefined,
    ownerId: typeof ownerId === "string" ? ownerId : undefined,
    creationTime: typeof creationTime === "string" ? new Date(creationTime) : undefined,
  };
}
