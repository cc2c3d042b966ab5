import { UwsClientError } from "./errors.ts";
import { readAnswer } from "./job-handle.ts";
import { childUrl, readJobList } from "./read-job.ts";
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
 * @throws UwsClientError when a page names itself or an earlier one as the next
 */
export async function listPages(
  transport: Transport,
  url: string,
  signal: AbortSignal | undefined,
): Promise<RemoteJobReference[]> {
  const jobs: RemoteJobReference[] = [];
  const seen = new Set<string>();
  let at: string | undefined = url;
  while (at !== undefined) {
    if (seen.has(at)) throw new UwsClientError(`${at}: this page comes twice`, { method: "GET", url: at });
    seen.add(at);
    const page: Page = await getPage(transport, at, signal);
    for (const job of page.jobs) jobs.push(job);
    at = page.next;
  }
  return jobs;
}

async function getPage(transport: Transport, url: string, signal: AbortSignal | undefined): Promise<Page> {
  const answer = await transport.send(url, { accept: jsonOrXml, signal });
  const page = isJson(answer) ? await readPage(answer) : await xmlPage(answer);
  // JSON of some other making, of which the standard says nothing.
  return page ?? (await xmlPage(await transport.send(url, { signal })));
}

function isJson({ response }: Answer): boolean {
  return response.headers.get("content-type")?.includes("json") === true;
}

async function xmlPage(answer: Answer): Promise<Page> {
  return { jobs: await readAnswer(answer, readJobList), next: undefined };
}

/** A page as bun-uws has it: `{jobs: […], next}`; undefined when it is something else. */
async function readPage({ response, url }: Answer): Promise<Page | undefined> {
  const page: unknown = await response.json().catch(() => undefined);
  if (!isObject(page) || !Array.isArray(page.jobs)) return undefined;
  const jobs = page.jobs.map((job: unknown) => readReference(job, url));
  if (!jobs.every((job) => job !== undefined)) return undefined;
  return { jobs, next: typeof page.next === "string" ? new URL(page.next, url).href : undefined };
}

function readReference(job: unknown, url: string): RemoteJobReference | undefined {
  if (!isObject(job)) return undefined;
  const { jobId, href, phase, runId, ownerId, creationTime } = job;
  if (typeof jobId !== "string" || typeof phase !== "string" || !isRemotePhase(phase)) return undefined;
  return {
    jobId,
    href: new URL(typeof href === "string" ? href : childUrl(url, jobId), url).href,
    phase,
    runId: typeof runId === "string" ? runId : undefined,
    ownerId: typeof ownerId === "string" ? ownerId : undefined,
    creationTime: typeof creationTime === "string" ? new Date(creationTime) : undefined,
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
