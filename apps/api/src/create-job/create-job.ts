import { jobPrefix } from "@uws/blobs";
import { type InvalidParameter, UwsError } from "@uws/core";
import { invalidParameters } from "@uws/description";
import { jobUrl } from "@uws/representation";
import { createJob, getJob, type JobCreated, type NewJob, newJobId } from "@uws/store";
import { seeOther } from "../answers.ts";
import type { Field } from "../body/field.ts";
import { readFields } from "../body/read-fields.ts";
import { uploadsFor } from "../body/uploads.ts";
import { splitControl } from "../control-parameters.ts";
import type { Api } from "../dependencies.ts";
import type { ServiceExchange } from "../exchange.ts";
import { overQuota } from "../move-job.ts";
import type { Service } from "../service.ts";
import { checkHeads } from "./check-heads.ts";
import { checkParameters } from "./check-parameters.ts";
import { idempotencyKeyOf, idempotencyOf } from "./idempotency-key.ts";
import { invalidControl } from "./invalid-control.ts";
import { readSettings } from "./job-settings.ts";
import { chosenType, namesType } from "./job-type.ts";
import { splitPriority } from "./split-priority.ts";
import { traceContextOf } from "./trace-context.ts";

/** Answers a creation (UWS 1.1, section 2.2.3.1). */
export async function createJobFromRequest(exchange: ServiceExchange): Promise<Response> {
  return seeOther(jobUrl(exchange.listUrl, await newJobFromRequest(exchange, false)));
}

/**
 * Creates a job from a request: uploads are stored first, then one statement makes the job. Of a request that is refused
 * nothing stays. A request that repeats another's Idempotency-Key makes no second job.
 * @param run whether the job is to run even if the request does not say so
 * @returns its id
 * @throws UwsError "invalid", "too_large", "unsupported"; "forbidden" over quota; "conflict" where the key was used for
 *   another request
 */
export async function newJobFromRequest(exchange: ServiceExchange, run: boolean): Promise<string> {
  const { api, service, requestId } = exchange;
  const id = newJobId();
  const created = await keepingNothing(exchange, id, async () => {
    const job = await readJob(exchange, id, run);
    return { ...(await store(exchange, job)), type: job.type };
  });
  if (created.outcome === "repeated") {
    await removeUploads(exchange, id);
    return created.job;
  }
  if (created.phase === "QUEUED") api.dispatch.doorbell.ring(created.type);
  api.dispatch.news.tell([{ id, phase: created.phase }]);
  api.log.info({ requestId, jobId: id, service: service.path, phase: created.phase }, "job created");
  return id;
}

/** Removes the uploads of a job that did not come to be, unless it may be there after all. */
async function keepingNothing<T>(exchange: ServiceExchange, id: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Uncertain)) await removeUploads(exchange, id);
    throw error instanceof Uncertain ? error.cause : error;
  }
}

/** The statement that creates the job failed, and so did the look at whether it was done. */
class Uncertain extends Error {}

async function readJob(exchange: ServiceExchange, id: string, run: boolean): Promise<NewJob> {
  const key = idempotencyKeyOf(exchange.request.headers);
  const uploads = uploadsFor(exchange, id, exchange.service.types);
  const fields = await readFields(exchange, uploads);
  return { ...(await jobOf(exchange, id, fields, run)), idempotency: idempotencyOf(key, fields, uploads, run) };
}

/**
 * The job that fields ask for, when nothing is wrong with them.
 * @param run whether it is to run even if they do not say so
 * @throws UwsError "invalid", with everything that is wrong
 */
export async function jobOf(
  exchange: ServiceExchange,
  id: string,
  fields: readonly Field[],
  run: boolean,
): Promise<NewJob> {
  const { api, service, caller, request } = exchange;
  const { control, parameters: given } = splitControl(fields);
  const description = chosenType(service, given);
  const problems: InvalidParameter[] = [];
  const { priority, parameters } = splitPriority(given, description, problems);
  const settings = readSettings(run ? { PHASE: "RUN", ...control } : control, description, problems);
  if (control.ACTION !== undefined) {
    const refused = new UwsError("invalid", "ACTION: not allowed when a job is created");
    problems.push(invalidControl("ACTION", control.ACTION, refused));
  }
  const own = parameters.filter(({ name }) => !namesType(service, name));
  problems.push(...checkParameters(description, own, { complete: settings.run }));
  if (problems.length === 0) problems.push(...(await checkHeads(description, own, api.blobs)));
  if (problems.length > 0) throw invalidParameters(problems);
  const traceContext = traceContextOf(request.headers);
  return {
    ...settings,
    id,
    service: service.path,
    type: description.name,
    description: description.digest,
    owner: caller.owner,
    priority,
    parameters,
    maxAttempts: description.retry.maxAttempts,
    quota: service.quota,
    ...(traceContext === undefined ? {} : { traceContext }),
  };
}

type Made = Exclude<JobCreated, { readonly outcome: "over_quota" }>;

async function store({ api, service }: ServiceExchange, job: NewJob): Promise<Made> {
  const created = await createJob(api.store, job).catch((error) => afterFailure(api, service, job, error));
  if (created.outcome === "over_quota") throw overQuota(service);
  if (created.outcome === "repeated" && created.request !== job.idempotency?.request) {
    throw new UwsError("conflict", "Idempotency-Key: was used for another request; a new request needs a new key.");
  }
  return created;
}

/** A statement whose answer is lost may have been done: then the job is there. */
async function afterFailure(api: Api, service: Service, job: NewJob, error: unknown): Promise<JobCreated> {
  const found = await getJob(api.store, service.path, job.id).catch(() => {
    throw new Uncertain("whether the job was created is unknown", { cause: error });
  });
  if (found === undefined) throw error;
  return { outcome: "created", phase: found.phase };
}

/** A failure to remove them must not hide the failure for which they are removed. */
async function removeUploads({ api, requestId }: ServiceExchange, job: string): Promise<void> {
  try {
    await api.blobs.delete(jobPrefix(job));
  } catch (error) {
    api.log.warn({ err: error, requestId, jobId: job }, "uploads of a refused job could not be removed");
  }
}
