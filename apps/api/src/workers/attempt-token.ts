import type { Identity } from "@uws/auth";
import { bearerToken } from "@uws/auth";
import { UwsError } from "@uws/core";
import { type AttemptRef, findAttempt, parseAttemptToken } from "@uws/store";
import type { Exchange } from "../exchange.ts";

/**
 * The attempt whose token a request shows, which must be one of the job that the request is about. Whether it still holds
 * the job is for the statements to say that write for it.
 * @throws UwsError "unauthenticated", "forbidden"
 */
export function attemptOf(request: Request, job: string): AttemptRef {
  const attempt = parseAttemptToken(bearerToken(request) ?? "");
  if (attempt === undefined) {
    throw new UwsError("unauthenticated", "The token that came with the job is needed: `Authorization: Bearer …`.");
  }
  if (attempt.job !== job) throw new UwsError("forbidden", "The token is that of another job.");
  return attempt;
}

/**
 * A worker that reads its job by the attempt's token, such as a file that was uploaded: it may read what the job's owner may, as
 * long as it holds the job.
 * @returns undefined where the request shows no such token
 * @throws UwsError "unauthenticated" when the token holds the job no more
 */
export async function attemptReader({ api, request }: Exchange, job: string): Promise<Identity | undefined> {
  const attempt = parseAttemptToken(bearerToken(request) ?? "");
  if (attempt === undefined || attempt.job !== job) return undefined;
  const found = await findAttempt(api.store, attempt);
  if (found === undefined) throw new UwsError("unauthenticated", "The attempt no longer holds its job.");
  return { owner: found.owner ?? undefined };
}
