import type { Store } from "../store.ts";

/**
 * Takes back what a user may do with a job.
 * @returns false when that was nothing
 */
export async function revokeGrant({ sql }: Store, jobId: string, grantee: string): Promise<boolean> {
  const gone = await sql`delete from job_grants where job_id = ${jobId} and grantee = ${grantee}`;
  return gone.count > 0;
}
