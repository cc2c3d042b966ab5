import type { Access } from "../commands/grant-job.ts";
import type { Store } from "../store.ts";

export interface JobGrant {
  readonly grantee: string;
  readonly access: Access;
}

/** What others than its owner may do with a job, by their names. */
export async function listGrants({ sql }: Store, jobId: string): Promise<JobGrant[]> {
  return await sql<JobGrant[]>`
    select grantee, case when write then 'write' else 'read' end as access from job_grants
    where job_id = ${jobId} order by grantee`;
}

/** What a user may do with a job of somebody else; undefined = nothing. */
export async function findGrant({ sql }: Store, jobId: string, grantee: string): Promise<Access | undefined> {
  const [found] = await sql<{ write: boolean }[]>`
    select write from job_grants where job_id = ${jobId} and grantee = ${grantee}`;
  return found === undefined ? undefined : found.write ? "write" : "read";
}
