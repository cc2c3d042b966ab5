import type { Store } from "../store.ts";

export interface Attempt {
  readonly number: number;
  readonly worker: string;
  readonly startTime: Date;
  readonly endTime: Date | null;
  readonly outcome: string | null;
  readonly message: string | null;
}

/** The attempts of a job, in order. */
export async function listAttempts({ sql }: Store, id: string): Promise<Attempt[]> {
  return await sql<Attempt[]>`
    select number, worker, start_time as "startTime", end_time as "endTime", outcome, message
    from attempts where job_id = ${id} order by number`;
}
