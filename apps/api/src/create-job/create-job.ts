import { jobPrefix } from "@uws/blobs";
import { UwsError } from "@uws/core";
import { jobUrl } from "@uws/representation";
import { createJob, getJob, type NewJob, newJobId } from "@uws/store";
import { seeOther } from "../answers.ts";
import { readFields } from "../body/read-fields.ts";
import { Uploads } from "../body/uploads.ts";
import { splitControl } from "../control-parameters.ts";
import type { ServiceExchange } from "../exchange.ts";
import { checkHeads } from "./check-heads.ts";
import { checkParameters } from "./check-parameters.ts";
import { readSettings } from "./job-settings.ts";
import { traceContextOf } from "./trace-context.ts";

/**
 * Creates a job from a request (UWS 1.1, section 2.2.3.1): uploads are stored first, then one statement makes the job. Of a
 * request that is refused nothing stays.
 */
export async function createJobFromRequest(exchange: ServiceExchange): Promise<Response> {
  const { api, service, listUrl } = exchange;
  const id = newJobId();
  let job: NewJob;
  try {
    job = await readJob(exchange, id);
  } catch (error) {
    await removeUploads(exchange, id);
    throw error;
  }
  await store(exchange, job);
  if (job.run) api.dispatch.doorbell.ring(job.type);
  api.dispatch.news.tell([{ id, phase: job.run ? "QUEUED" : "PENDING" }]);
  api.log.info({ requestId: exchange.requestId, jobId: id, service: service.path, run: job.run }, "job created");
  return seeOther(jobUrl(listUrl, id));
}

async function readJob(exchange: ServiceExchange, id: string): Promise<NewJob> {
  const { api, service, caller, request } = exchange;
  const { description } = service;
  const fields = await readFields(exchange, new Uploads(api.blobs, id, api.config.uploadBytes));
  const { control, parameters } = splitControl(fields);
  const problems: string[] = [];
  const settings = readSettings(control, description, problems);
  if (control.ACTION !== undefined) problems.push("ACTION: not allowed when a job is created");
  problems.push(...checkParameters(description, parameters, { complete: settings.run }));
  if (problems.length === 0) problems.push(...(await checkHeads(description, parameters, api.blobs)));
  if (problems.length > 0) throw new UwsError("invalid", problems.join("\n"));
  const traceContext = traceContextOf(request.headers);
  return {
    ...settings,
    id,
    service: service.path,
    type: description.name,
    description: description.digest,
    owner: caller.owner,
    parameters,
    maxAttempts: description.retry.maxAttempts,
    ...(traceContext === undefined ? {} : { traceContext }),
  };
}

/** A statement whose answer is lost may have been done: then the job is there, and its uploads must stay. */
async function store(exchange: ServiceExchange, job: NewJob): Promise<void> {
  const { api, service } = exchange;
  try {
    await createJob(api.store, job);
  } catch (error) {
    const found = await getJob(api.store, service.path, job.id).catch(() => "unknown" as const);
    if (found === undefined) await removeUploads(exchange, job.id);
    if (found === undefined || found === "unknown") throw error;
  }
}

/** A failure to remove them must not hide the failure for which they are removed. */
async function removeUploads({ api, requestId }: ServiceExchange, job: string): Promise<void> {
  try {
    await api.blobs.delete(jobPrefix(job));
  } catch (error) {
    api.log.warn({ err: error, requestId, jobId: job }, "uploads of a refused job could not be removed");
  }
}
