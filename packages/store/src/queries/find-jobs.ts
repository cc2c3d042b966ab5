import type { Phase } from "@uws/core";
import { isJobId } from "../job-id.ts";
import type { Store } from "../store.ts";

/** What must be known of a job to judge whether somebody may change it. */
export interface FoundJob {
  readonly id: string;
  readonly phase: Phase;
  /** Null: anonymous. */
  readonly owner: string | null;
}

/** Those of a service's jobs that have these ids. */
export async function findJobs({ sql }: Store, service: string, ids: readonly string[]): Promise<FoundJob[]> {
  const rows = await sql<(FoundJob & { service: string })[]>`
    select id, phase, owner, service from jobs where id = any(${ids.filter(isJobId)}::uuid[])`;
  // By their ids alone, as `getJob` does.
  return rows.filter((row) => row.service === service).map(({ id, phase, owner }) => ({ id, phase, owner }));
}
