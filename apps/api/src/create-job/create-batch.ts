import { createHash } from "node:crypto";
import { type InvalidParameter, limits, UwsError } from "@uws/core";
import { jobUrl } from "@uws/representation";
import { createJobs, type JobsCreated, type NewJob, newJobId, phasesOf } from "@uws/store";
import { jsonAnswer } from "../answers.ts";
import { arrayFormIn } from "../body/array-form-in.ts";
import { checkFields } from "../body/field.ts";
import { isObject, membersOf, parseJson } from "../body/json.ts";
import { isNumber } from "../body/json-source.ts";
import { readText } from "../body/limited-body.ts";
import { mediaTypeOf } from "../body/read-fields.ts";
import type { ServiceExchange } from "../exchange.ts";
import { overQuota } from "../move-job.ts";
import { jobOf } from "./create-job.ts";
import { idempotencyKeyOf } from "./idempotency-key.ts";

/**
 * Creates many jobs by one request, all or none: what is wrong with any of them is told of all of them, each line with the
 * index of the job. A request that repeats another's Idempotency-Key is answered with the jobs that that has made.
 */
export async function createBatchFromRequest(exchange: ServiceExchange): Promise<Response> {
  const { api, service, caller, listUrl, request, requestId } = exchange;
  const key = idempotencyKeyOf(request.headers);
  const text = await readBatch(request);
  const jobs = await readJobs(exchange, text);
  const idempotency = key === undefined ? undefined : { key, request: digestOf(text) };
  const ids = jobs.map(({ id }) => id);
  const batch = { service: service.path, owner: caller.owner, quota: service.quota, idempotency };
  const created = await createJobs(api.store, batch, jobs).catch((error) => afterFailure(exchange, ids, error));
  switch (created.outcome) {
    case "over_quota":
      throw overQuota(service);
    case "repeated": {
      if (created.request !== idempotency?.request) {
        throw new UwsError("conflict", "Idempotency-Key: was used for another request; a new request needs a new key.");
      }
      const phases = await phasesOf(api.store, created.jobs);
      return answer(listUrl, created.jobs, (id) => phases.get(id) ?? null);
    }
    case "created": {
      const phases = new Map(ids.map((id, index) => [id, created.phases[index] ?? null]));
      const queued = jobs.filter(({ id }) => phases.get(id) === "QUEUED");
      if (queued.length > 0) api.dispatch.doorbell.ring(...new Set(queued.map(({ type }) => type)));
      api.dispatch.news.tell(created.phases.map((phase, index) => ({ id: ids[index] ?? "", phase })));
      api.log.info({ requestId, service: service.path, jobs: ids.length, first: ids[0] }, "jobs created");
      return answer(listUrl, ids, (id) => phases.get(id) ?? null);
    }
  }
}

function answer(listUrl: string, ids: readonly string[], phaseOf: (id: string) => string | null): Response {
  const jobs = ids.map((id) => ({ jobId: id, href: jobUrl(listUrl, id), phase: phaseOf(id) }));
  return jsonAnswer({ jobs }, 201);
}

async function readBatch(request: Request): Promise<string> {
  const contentType = mediaTypeOf(request.headers.get("content-type") ?? "");
  if (contentType !== "application/json") {
    throw new UwsError("unsupported", "A batch of jobs is application/json: say so in Content-Type.");
  }
  return await readText(request, limits.batchBytes);
}

/** @throws UwsError "invalid", "too_large" */
async function readJobs(exchange: ServiceExchange, text: string): Promise<NewJob[]> {
  const body = parseJson(text);
  const given = isObject(body) && Object.keys(body).length === 1 ? body.jobs : undefined;
  if (!Array.isArray(given) || given.length === 0) {
    throw new UwsError("invalid", 'The body of the request must be {"jobs": [ … ]} with one job at least.');
  }
  if (given.length > limits.batchJobs) {
    throw new UwsError("too_large", `There are ${given.length} jobs; at most ${limits.batchJobs} are allowed.`);
  }
  const jobs: NewJob[] = [];
  const problems: string[] = [];
  const parameters: InvalidParameter[] = [];
  for (const [index, each] of given.entries()) {
    try {
      jobs.push(await readOne(exchange, each));
    } catch (error) {
      if (!(error instanceof UwsError)) throw error;
      const of = (message: string) => `jobs[${index}]: ${message}`;
      problems.push(...error.message.split("\n").map(of));
      parameters.push(...error.parameters.map((each) => ({ ...each, message: of(each.message), job: index })));
    }
  }
  if (problems.length === 0) return jobs;
  const more = problems.length - limits.batchErrors;
  const shown = more > 0 ? [...problems.slice(0, limits.batchErrors), `… and ${more} more`] : problems;
  throw new UwsError("invalid", shown.join("\n"), { parameters: parameters.slice(0, limits.batchErrors) });
}

async function readOne(exchange: ServiceExchange, given: unknown): Promise<NewJob> {
  if (!isObject(given) || isNumber(given)) throw new UwsError("invalid", "must be a JSON object");
  const fields = membersOf(given, arrayFormIn(exchange.service.types));
  checkFields(fields);
  return await jobOf(exchange, newJobId(), fields, false);
}

/** Of a batch, as no request for a single job has it. */
function digestOf(text: string): string {
  return createHash("sha256").update("batch\n").update(text).digest("hex");
}

/** A statement whose answer is lost may have been done: then all the jobs are there. */
async function afterFailure({ api }: ServiceExchange, ids: readonly string[], error: unknown): Promise<JobsCreated> {
  const phases = await phasesOf(api.store, ids).catch(() => new Map());
  if (phases.size < ids.length) throw error;
  return { outcome: "created", phases: ids.map((id) => phases.get(id)) };
}
