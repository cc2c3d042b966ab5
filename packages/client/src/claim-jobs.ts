import { ClaimedJob } from "./claimed-job.ts";
import { isObject, numberIn, objectsIn, parseJson } from "./read-json.ts";
import type { Transport } from "./transport.ts";

/** What a worker without gRPC asks for. */
export interface ClaimOptions {
  /** Names the worker to clients and in logs. */
  readonly worker: string;
  /** Job types of the service that it runs; all that its token covers unless told otherwise. */
  readonly types?: readonly string[] | undefined;
  /** Jobs at most; 1 unless told otherwise. */
  readonly max?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads the answer to a claim.
 * @throws Error when it is something else
 */
export function readClaim(document: string, url: string, transport: Transport): ClaimedJob[] {
  const claim = parseJson(document);
  const lease = isObject(claim) ? numberIn(claim, "lease") : undefined;
  const heartbeat = isObject(claim) ? numberIn(claim, "heartbeat") : undefined;
  if (!isObject(claim) || !Array.isArray(claim.jobs) || lease === undefined || heartbeat === undefined) {
    throw new Error("no claim");
  }
  return objectsIn(claim, "jobs").map((job) => new ClaimedJob(job, { url, lease, heartbeat, transport }));
}
