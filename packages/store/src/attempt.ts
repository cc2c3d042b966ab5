import { randomBytes } from "node:crypto";
import { isJobId } from "./job-id.ts";

/** Names one attempt of one job. Whoever holds the token may write for the attempt as long as the job runs under it. */
export interface AttemptRef {
  /** Job id. */
  readonly job: string;
  readonly token: string;
}

/** An unguessable token for an attempt; it begins with the job's id, so that a token alone finds its row. */
export function newAttemptToken(job: string): string {
  return `${job}.${randomBytes(24).toString("base64url")}`;
}

/**
 * Reads the job from an attempt token.
 * @returns undefined when it is not a token of ours
 */
export function parseAttemptToken(token: string): AttemptRef | undefined {
  const job = token.slice(0, 36);
  return token[36] === "." && token.length === 69 && isJobId(job) ? { job, token } : undefined;
}
