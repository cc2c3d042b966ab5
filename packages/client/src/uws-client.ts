import {
  type ChangedJobs,
  type ChangeJobsOptions,
  changeJobs,
  type JobSelection,
  type ManyAction,
} from "./change-jobs.ts";
import { childUrl } from "./child-url.ts";
import { type ClaimOptions, readClaim } from "./claim-jobs.ts";
import type { ClaimedJob } from "./claimed-job.ts";
import { batchOf, type CreatedJob, type NewJob, readCreatedJobs } from "./create-jobs.ts";
import { UwsClientError } from "./errors.ts";
import { filterJobs } from "./filter-jobs.ts";
import { filterQuery, type JobFilter } from "./job-filter.ts";
import { JobHandle, readAnswer, type Signalled } from "./job-handle.ts";
import { type JobPage, readJobPage } from "./job-summary.ts";
import { listPages } from "./list-pages.ts";
import { canStreamRequests, multipart } from "./multipart.ts";
import { type Parameters, parameterFields } from "./parameters.ts";
import { readJob } from "./read-job.ts";
import { parseJson } from "./read-json.ts";
import type { RemoteJobReference } from "./remote-job.ts";
import {
  askDescription,
  readDescription,
  readDescriptions,
  type ServiceDescription,
  type ServiceDescriptions,
} from "./service-description.ts";
import { readStatistics, type ServiceStatistics } from "./statistics.ts";
import { type Answer, Transport, type TransportOptions } from "./transport.ts";
import { untilAnswered } from "./until-answered.ts";

export interface CreateOptions {
  /** Start it at once. */
  readonly run?: boolean | undefined;
  readonly runId?: string | undefined;
  /** Seconds that it may run; 0 = unlimited. The server may allow less. */
  readonly executionDuration?: number | undefined;
  /** When it and its results may go. */
  readonly destruction?: Date | undefined;
  /** Uploads by parameter name. A `Bun.file(path)` is read while it is sent. */
  readonly files?: Files | undefined;
  /**
   * The same key and request give the same job, however often they are sent; bun-uws keeps keys for a day. With one the
   * request is sent again when its answer is lost, so files must be such as can be read again.
   */
  readonly idempotencyKey?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface DescriptionOptions extends Signalled {
  /** Which one, where the service has several. */
  readonly type?: string | undefined;
}

export interface SyncOptions extends Signalled {
  readonly files?: Files | undefined;
}

/** What another server does not filter by is left out here, but for types and parameters: those are refused. */
export interface ListFilter extends JobFilter {
  /** The newest so many. */
  readonly last?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface PageOptions extends JobFilter, Signalled {
  /** Jobs of the page at most; a server gives a hundred. */
  readonly limit?: number | undefined;
  /** The `next` of the page before. */
  readonly cursor?: string | undefined;
}

export interface CreateManyOptions extends Signalled {
  /** As of `create`; one key stands for the whole batch. */
  readonly idempotencyKey?: string | undefined;
}

/**
 * A client of any UWS 1.1 server. It needs fetch and nothing else, so it works in Bun, Node and browsers.
 * @example
 * const client = new UwsClient("https://example.org/crossmatch/async", { headers: { authorization: `Bearer ${token}` } });
 * const job = await client.create({ radius: 2.5 }, { run: true, files: { positions: Bun.file("stars.csv") } });
 * const { phase } = await job.wait({ onChange: ({ progress }) => console.log(progress?.message) });
 * if (phase === "COMPLETED") await Bun.write("result.vot", await job.download("result"));
 */
export class UwsClient {
  readonly jobListUrl: string;
  readonly #transport: Transport;

  /** @param jobListUrl absolute URL of a job list */
  constructor(jobListUrl: string | URL, options: TransportOptions = {}) {
    this.jobListUrl = new URL(jobListUrl).href;
    this.#transport = new Transport(this.jobListUrl, options);
  }

  /** Creates a job (UWS 1.1, section 2.2.3.1). */
  async create(
    parameters: Parameters = {},
    { files = {}, idempotencyKey, signal, ...control }: CreateOptions = {},
  ): Promise<JobHandle> {
    const fields = [...controlFields(control), ...parameterFields(parameters)];
    const url = this.jobListUrl;
    const send = () =>
      this.#transport.send(url, {
        method: "POST",
        body: bodyOf(fields, filesOf(files)),
        ...keyHeader(idempotencyKey),
        signal,
      });
    let answer: Answer;
    try {
      answer = await (idempotencyKey === undefined ? send() : untilAnswered(send, signal));
    } catch (error) {
      // The redirect says that the job is there, also where we may not see it: credentials do not go along to another host.
      if (error instanceof UwsClientError && error.url !== url && [401, 403].includes(error.status ?? 0)) {
        return this.job(error.url);
      }
      throw error;
    }
    if (answer.url !== url) {
      await answer.response.body?.cancel();
      return this.job(answer.url);
    }
    // No redirect, or a fetch that does not tell: the job says who it is.
    const { jobId } = await readAnswer(answer, readJob);
    return this.job(childUrl(url, jobId));
  }

  /** The jobs that the caller may see, newest first (UWS 1.1, section 2.2.2.1), of all pages where a list has several. */
  async list(filter: ListFilter = {}): Promise<RemoteJobReference[]> {
    const { last, type, parameters = {}, signal } = filter;
    const url = new URL(this.jobListUrl);
    for (const [name, value] of filterQuery(filter)) url.searchParams.append(name, value);
    if (last !== undefined) url.searchParams.set("LAST", String(last));
    const onlyOurs = type !== undefined || Object.keys(parameters).length > 0;
    return filterJobs(await listPages(this.#transport, url.href, onlyOurs, signal), filter);
  }

  /**
   * One page of the list, with what a table shows of each job (ours), and where the next page begins.
   * @throws UwsClientError where a server has no such pages
   */
  async page({ limit, cursor, signal, ...filter }: PageOptions = {}): Promise<JobPage> {
    const url = new URL(this.jobListUrl);
    for (const [name, value] of filterQuery(filter)) url.searchParams.append(name, value);
    url.searchParams.set("SUMMARY", "true");
    if (limit !== undefined) url.searchParams.set("limit", String(limit));
    if (cursor !== undefined) url.searchParams.set("cursor", cursor);
    const answer = await this.#transport.send(url.href, { accept: "application/json", signal });
    return await readAnswer(answer, (document, at) => readJobPage(parseJson(document), at));
  }

  /**
   * Creates many jobs by one request, all or none (ours). A server takes a thousand; more are refused, and not split here,
   * since then there would be some of them.
   * @returns what became of each, in the same order
   * @throws UwsClientError whose body tells what is wrong with any of them, a line each that begins with its index
   */
  async createMany(jobs: readonly NewJob[], { idempotencyKey, signal }: CreateManyOptions = {}): Promise<CreatedJob[]> {
    const send = async () => {
      const answer = await this.#transport.send(childUrl(this.jobListUrl, "batch"), {
        method: "POST",
        accept: "application/json",
        body: { json: batchOf(jobs) },
        ...keyHeader(idempotencyKey),
        signal,
      });
      return await readAnswer(answer, readCreatedJobs);
    };
    return await (idempotencyKey === undefined ? send() : untilAnswered(send, signal));
  }

  /**
   * Aborts, destroys or archives many jobs of the caller (ours). There are as many answers as requests are needed, of a thousand
   * jobs each: who leaves early leaves the rest as it is.
   * @example for await (const { jobs } of client.changeMany("abort", { phases: ["QUEUED"], runId: "night 7" })) console.log(jobs);
   */
  changeMany(
    action: ManyAction,
    selection: JobSelection,
    options: ChangeJobsOptions = {},
  ): AsyncGenerator<ChangedJobs, void, undefined> {
    return changeJobs(this.#transport, this.jobListUrl, action, selection, options);
  }

  /**
   * Takes jobs to run, as a worker without gRPC (ours). Where a server asks for a worker's token, it is the Authorization of
   * this client; each job brings a token of its own along.
   * @returns no jobs when none waits, or none may run now
   * @example
   * for (const job of await client.claim({ worker: "my script" })) {
   *   await job.keep(async (signal) => crunch(job.parameters, signal));
   *   await job.complete({ results: [{ id: "answer", content: "42" }] });
   * }
   */
  async claim({ signal, ...claim }: ClaimOptions): Promise<ClaimedJob[]> {
    const answer = await this.#transport.send(this.#beside("claim"), {
      method: "POST",
      accept: "application/json",
      body: { json: claim },
      signal,
    });
    return await readAnswer(answer, (document, url) => readClaim(document, url, this.#transport));
  }

  /**
   * How busy the service is, and how long its jobs take (ours).
   * @throws UwsClientError where a server does not tell
   */
  async statistics({ signal }: Signalled = {}): Promise<ServiceStatistics> {
    const answer = await this.#transport.send(this.#beside("statistics"), { accept: "application/json", signal });
    return await readAnswer(answer, readStatistics);
  }

  /**
   * The job type that the service runs, where the server describes it (bun-uws does); undefined elsewhere, and where the service
   * has several and none is named.
   */
  async description({ type, signal }: DescriptionOptions = {}): Promise<ServiceDescription | undefined> {
    const url = this.#beside("description", ...(type === undefined ? [] : [type]));
    return await askDescription(this.#transport, url, readDescription, signal);
  }

  /** All job types of the service; undefined where the server describes none. */
  async descriptions({ signal }: Signalled = {}): Promise<ServiceDescriptions | undefined> {
    return await askDescription(this.#transport, this.#beside("description"), readDescriptions, signal);
  }

  /**
   * Runs a job and gives its main result (UWS 1.1, section 5), for jobs that take no longer than a request may.
   * @throws UwsClientError when the service has no such thing, the job fails, or takes too long
   */
  async sync(parameters: Parameters = {}, { files = {}, signal }: SyncOptions = {}): Promise<Response> {
    const { response } = await this.#transport.send(this.#beside("sync"), {
      method: "POST",
      accept: "*/*",
      body: bodyOf(parameterFields(parameters), filesOf(files)),
      signal,
    });
    return response;
  }

  /**
   * A job that is there already.
   * @param url absolute, or relative to the job list: a job id will do
   */
  job(url: string | URL): JobHandle {
    const parsed = new URL(url, `${childUrl(this.jobListUrl)}/`);
    parsed.search = "";
    return new JobHandle(parsed.href.replace(/\/$/, ""), this.#transport);
  }

  /** What a service has beside its job list. */
  #beside(...path: readonly string[]): string {
    return childUrl(new URL(".", childUrl(this.jobListUrl)).href, ...path);
  }
}

function keyHeader(key: string | undefined) {
  return key === undefined ? {} : { headers: { "idempotency-key": key } };
}

/** Uploads by parameter name. */
type Files = Readonly<Record<string, Blob | readonly Blob[]>>;

function filesOf(files: Files) {
  return Object.entries(files).flatMap(([name, file]) => [file].flat().map((one) => [name, one] as const));
}

type Field = readonly [name: string, value: string];

function controlFields({ run, runId, executionDuration, destruction }: CreateOptions): Field[] {
  const fields: Field[] = [];
  if (runId !== undefined) fields.push(["RUNID", runId]);
  if (executionDuration !== undefined) fields.push(["EXECUTIONDURATION", String(executionDuration)]);
  if (destruction !== undefined) fields.push(["DESTRUCTION", destruction.toISOString()]);
  if (run === true) fields.push(["PHASE", "RUN"]);
  return fields;
}

/** A plain form, unless there are files. */
function bodyOf(fields: readonly Field[], files: readonly (readonly [name: string, file: Blob])[]) {
  if (files.length > 0 && canStreamRequests()) return multipart(fields, files);
  const body = files.length === 0 ? new URLSearchParams() : new FormData();
  for (const [name, value] of fields) body.append(name, value);
  if (body instanceof FormData) for (const [name, file] of files) body.append(name, file);
  return body;
}
