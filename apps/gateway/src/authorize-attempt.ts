import { type Parameter, UwsError } from "@uws/core";
import { type AttemptRef, findAttempt, parseAttemptToken, type Store } from "@uws/store";
import type { AttemptWriter } from "./attempt-writer.ts";
import { uncoveredJobs } from "./uncovered-jobs.ts";
import type { Bearer } from "./worker-tokens.ts";

/**
 * What a call beside the control stream may do is what the attempt token allows, while the attempt holds its job; the
 * bearer must be one that may run the job's type.
 *
 * The call may overtake the worker's Accept, which travels on another stream: then it stands for the Accept.
 * @throws UwsError "fenced", "forbidden"
 */
export async function authorize(
  store: Store,
  writer: AttemptWriter,
  bearer: Bearer,
  token: string,
): Promise<{ ref: AttemptRef; parameters: readonly Parameter[] }> {
  const ref = parseAttemptToken(token);
  if (ref !== undefined) {
    if ((await uncoveredJobs(store, bearer, [ref.job])).has(ref.job)) {
      throw new UwsError("forbidden", `The token ${bearer.name} does not cover the type of this job.`);
    }
    let attempt = await findAttempt(store, ref);
    if (attempt === undefined && (await writer.accept(ref))) attempt = await findAttempt(store, ref);
    if (attempt !== undefined) return { ref, parameters: attempt.parameters };
  }
  throw new UwsError("fenced", "The attempt no longer holds its job.");
}
