import type { RemotePhase } from "./remote-job.ts";

/** Which jobs of a list are meant; what is given combines as AND. */
export interface JobFilter {
  /** Any of these. */
  readonly phases?: readonly RemotePhase[] | undefined;
  /** Created later than this. */
  readonly after?: Date | undefined;
  /** Created earlier than this: a filter of bun-uws. */
  readonly before?: Date | undefined;
  /** Those of this run id: a filter of bun-uws. */
  readonly runId?: string | undefined;
  /** Those of this job type: a filter of bun-uws. */
  readonly type?: string | undefined;
  /** Those that have these parameters with these values: a filter of bun-uws. */
  readonly parameters?: Readonly<Record<string, string>> | undefined;
}

/** A filter as a query: PHASE and AFTER of the standard (UWS 1.1, section 2.2.2.1), the others of bun-uws. */
export function filterQuery({ phases = [], after, before, runId, type, parameters = {} }: JobFilter): URLSearchParams {
  const query = new URLSearchParams();
  for (const phase of phases) query.append("PHASE", phase);
  if (after !== undefined) query.set("AFTER", after.toISOString());
  if (before !== undefined) query.set("BEFORE", before.toISOString());
  if (runId !== undefined) query.set("RUNID", runId);
  if (type !== undefined) query.set("TYPE", type);
  for (const [name, value] of Object.entries(parameters)) query.append(`PARAM.${name}`, value);
  return query;
}
