import type { RemoteJobReference } from "./remote-job.ts";
import type { ListFilter } from "./uws-client.ts";

/**
 * What is left of a list by a filter. A UWS 1.1 server has left out everything else already, but one of 1.0 knows no
 * filters, and no standard server one by run id. Where a list does not say what is asked of, the job stays.
 */
export function filterJobs(
  jobs: readonly RemoteJobReference[],
  { phases = [], after, before, last, runId }: ListFilter,
): RemoteJobReference[] {
  const fitting = jobs.filter(
    (job) =>
      (phases.length === 0 || phases.includes(job.phase)) &&
      (after === undefined || job.creationTime === undefined || job.creationTime > after) &&
      (before === undefined || job.creationTime === undefined || job.creationTime < before) &&
      (runId === undefined || job.runId === runId),
  );
  if (last === undefined || fitting.length <= last) return fitting;
  return newestFirst(fitting).slice(0, last);
}

function newestFirst(jobs: readonly RemoteJobReference[]): RemoteJobReference[] {
  return jobs.toSorted((one, other) => (other.creationTime?.getTime() ?? 0) - (one.creationTime?.getTime() ?? 0));
}
