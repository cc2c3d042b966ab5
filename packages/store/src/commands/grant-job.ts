import type { Store } from "../store.ts";

/** What somebody may do with a job of another's: look at it, or change it as well. */
export type Access = "read" | "write";

/**
 * Lets a user look at a job, or change it. Granted again, the new access counts.
 * @param limit users at most who may
 * @returns "full" when there are too many, "gone" when there is no such job
 */
export async function grantJob(
  { sql }: Store,
  jobId: string,
  grantee: string,
  access: Access,
  limit: number,
): Promise<"granted" | "full" | "gone"> {
  const [row] = await sql<{ known: boolean; granted: boolean }[]>`
    with job as (select id, service, creation_time from jobs where id = ${jobId} for update),
    granted as (
      insert into job_grants (job_id, grantee, write, job_service, job_creation_time)
      select id, ${grantee}, ${access === "write"}, service, creation_time from job
      where (select count(*) from job_grants where job_id = ${jobId} and grantee <> ${grantee}) < ${limit}
      on conflict (job_id, grantee) do update set write = excluded.write
      returning job_id
    )
    select exists (select from job) as known, exists (select from granted) as granted`;
  if (row?.granted === true) return "granted";
  return row?.known === true ? "full" : "gone";
}
