import { limits, storable, UwsError } from "@uws/core";
import { jobUrl, parametersJson } from "@uws/representation";
import { acceptAttempts, type ClaimedJob, claimJobs, dispatchJobs, listPublished, newAttemptToken } from "@uws/store";
import { jsonAnswer } from "../answers.ts";
import { jsonReader } from "../body/json-reader.ts";
import type { ServiceExchange } from "../exchange.ts";
import type { Service } from "../service.ts";
import { typesOf } from "../types-of-service.ts";
import { waitAtMost } from "../wait-at-most.ts";
import { bearerChallenged } from "./bearer-challenged.ts";
import { claimSchema } from "./claim-operation.ts";
import { type WorkerBearer, workerBearer } from "./worker-bearer.ts";

/** What a worker asks for, as `claimSchema` has it. */
interface ClaimRequest {
  readonly worker: string;
  readonly types?: readonly string[];
  readonly max?: number;
}

/** Looks at the queue, where others take what was seen there before it can be claimed. */
const looks = 3;
/** Milliseconds. */
const patience = 200;

const readClaim = jsonReader<ClaimRequest>(claimSchema);

/** Gives waiting jobs to a worker without gRPC, which has accepted them by asking. */
export const claimFromRequest = bearerChallenged(async (exchange: ServiceExchange): Promise<Response> => {
  const { api, service, listUrl, request, requestId } = exchange;
  const bearer = await workerBearer(exchange);
  const { worker, types, max } = await readClaim(request);
  const name = storable(worker, 200);
  const jobs = await take(exchange, coveredTypes(service, bearer, types), name, max ?? 1);
  if (jobs.length > 0) {
    const token = bearer.name === "" ? {} : { token: bearer.name };
    api.log.info({ requestId, worker: name, jobs: jobs.length, ...token }, "a worker claimed jobs by HTTP");
  }
  return jsonAnswer({
    jobs: jobs.map((job) => claimedJson(job, jobUrl(listUrl, job.id))),
    lease: api.config.timing.lease / 1000,
    heartbeat: api.config.timing.heartbeat / 1000,
  });
});

/** @throws UwsError "invalid", "forbidden" */
function coveredTypes(service: Service, bearer: WorkerBearer, asked: readonly string[] | undefined): string[] {
  const served = typesOf(service);
  const unknown = asked?.find((type) => !served.includes(type));
  if (unknown !== undefined) {
    throw new UwsError("invalid", `types: ${JSON.stringify(unknown.slice(0, 120))} is not one of ${served.join(", ")}`);
  }
  const covered = (asked ?? served).filter((type) => bearer.types?.has(type) !== false);
  if (covered.length < (asked?.length ?? 1)) {
    throw new UwsError("forbidden", `The token ${bearer.name} does not cover the job types of this service.`);
  }
  return [...new Set(covered)];
}

/**
 * Takes jobs in the order of the message queue, without its messages: what was handed to it first, by the places that the store
 * remembers. Where that is not enough, the store is asked to hand over what comes next, so that turns, priorities, limits and
 * pauses are as for every other worker; and the claim itself is the gateway's.
 */
async function take(
  { api, service, request }: ServiceExchange,
  types: readonly string[],
  worker: string,
  max: number,
): Promise<ClaimedJob[]> {
  const { store, dispatch, config, log } = api;
  const claimed: ClaimedJob[] = [];
  let publishing: Promise<unknown> = Promise.resolve();
  for (let look = 0; look < looks && claimed.length < max; look += 1) {
    const wanted = max - claimed.length;
    let ids = await listPublished(store, service.path, types, wanted);
    if (ids.length < wanted) {
      const next = await dispatchJobs(store, types, limits.dispatchWindow);
      if (next.length > 0) publishing = dispatch.queue.publish(next);
      // It passes over jobs that the doorbell is handing over at this moment.
      else if (ids.length === 0) await waitAtMost(dispatch.doorbell.settled(), patience, request.signal);
      ids = await listPublished(store, service.path, types, wanted);
    }
    if (ids.length === 0) break;
    const claims = ids.map((id) => ({ id, token: newAttemptToken(id), worker }));
    claimed.push(...inOrder(ids, await claimJobs(store, claims, config.timing.accept)));
  }
  if (claimed.length === 0) return [];
  const attempts = claimed.map(({ id, token }) => ({ job: id, token }));
  const accepted = new Set((await acceptAttempts(store, attempts, config.timing.lease)).map(({ id }) => id));
  const taken = claimed.filter(({ id }) => accepted.has(id));
  dispatch.news.tell(taken.map(({ id }) => ({ id, phase: "EXECUTING" })));
  dispatch.doorbell.ring(...types);
  publishing
    .then(() => dispatch.queue.remove(taken))
    .catch((error) => log.warn({ err: error }, "the queue could not be told of claims; it finds out by itself"));
  return taken;
}

function inOrder(ids: readonly string[], jobs: readonly ClaimedJob[]): ClaimedJob[] {
  const byId = new Map(jobs.map((job) => [job.id, job]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

function claimedJson(job: ClaimedJob, href: string) {
  return {
    jobId: job.id,
    href,
    type: job.type,
    typeVersion: job.typeVersion,
    attempt: job.attempt,
    token: job.token,
    runId: job.runId,
    ownerId: job.owner,
    executionDuration: job.executionDuration,
    parameters: parametersJson(job.parameters, href),
    checkpoint: job.checkpoint === null ? null : Buffer.from(job.checkpoint).toString("base64"),
    traceContext: job.traceContext ?? {},
  };
}
