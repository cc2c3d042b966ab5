import type { Identity } from "@uws/auth";
import { UwsError } from "@uws/core";
import { jobUrl } from "@uws/representation";
import { findGrant, getJob, type StoredJob } from "@uws/store";
import type { Api } from "./dependencies.ts";
import type { Service } from "./service.ts";

/** One request and what is known about it. */
export interface Exchange {
  readonly api: Api;
  /** HEAD has become GET: the difference is made where the answer is sent. */
  readonly request: Request;
  /** Whether it was HEAD. */
  readonly isHead: boolean;
  readonly query: URLSearchParams;
  /** Beginning of all URLs in the answer, no slash at its end. */
  readonly origin: string;
  readonly requestId: string;
  /** Address of the client, or of a proxy in front of it that is not trusted. */
  readonly address: string;
  /** The job that the request is about, for the log; set by the router. */
  jobId: string | undefined;
  /** Who was found to send it, for the log and the answer; undefined = anonymous, or not asked. */
  owner: string | undefined;
}

/** A request to a service. */
export interface ServiceExchange extends Exchange {
  readonly service: Service;
  /** Absolute URL of the service, no slash at its end. */
  readonly serviceUrl: string;
  /** Absolute URL of the job list, no slash at its end. */
  readonly listUrl: string;
  readonly caller: Identity;
  /** Whether the request would change anything. */
  readonly changes: boolean;
  /** Path parameters, decoded; the router has made sure of those that the path names. */
  readonly path: { readonly id: string; readonly name: string };
}

/** The media types that the client takes. */
export function acceptOf({ request }: Exchange): string | undefined {
  return request.headers.get("accept") ?? undefined;
}

/**
 * Finds the job that the request is about. A job without an owner is everybody's; one of somebody else is the caller's to
 * look at, or to change, where its owner has granted that.
 * @throws UwsError "not_found", or "forbidden" where it is somebody else's
 */
export async function findJob(exchange: ServiceExchange): Promise<StoredJob> {
  const { api, service, caller, path, changes } = exchange;
  const job = await api.reads.read(`${service.path} ${path.id}`, () => getJob(api.store, service.path, path.id));
  if (job === undefined) throw new UwsError("not_found", `There is no job ${shorten(path.id)} here.`);
  if (isOwners(exchange, job)) return job;
  const access = caller.owner === undefined ? undefined : await findGrant(api.store, job.id, caller.owner);
  if (access === undefined) refuseStranger(exchange);
  if (changes && access === "read") throw new UwsError("forbidden", "You may look at this job, not change it.");
  return job;
}

/**
 * For what only its owner may do with a job, whatever was granted to others.
 * @throws UwsError "forbidden", "unauthenticated"
 */
export function refuseOthers(exchange: ServiceExchange, job: StoredJob): void {
  if (!isOwners(exchange, job)) refuseStranger(exchange);
}

function isOwners({ caller }: ServiceExchange, { owner }: StoredJob): boolean {
  return owner === undefined || owner === caller.owner;
}

function refuseStranger({ api, caller }: ServiceExchange): never {
  if (caller.owner === undefined && api.config.auth.basic) {
    throw new UwsError("unauthenticated", "This job belongs to somebody: credentials are needed.");
  }
  throw new UwsError("forbidden", "This job belongs to somebody else.");
}

/** Absolute URL of the job that the request is about. */
export function thisJobUrl({ listUrl, path }: ServiceExchange): string {
  return jobUrl(listUrl, path.id);
}

/** What a client sent, to be shown in a message to it. */
export function shorten(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60).toWellFormed()}…` : text);
}
