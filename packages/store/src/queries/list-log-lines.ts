import type { Store } from "../store.ts";

export interface StoredLogLine {
  readonly attempt: number;
  readonly sequence: number;
  readonly time: Date;
  readonly level: string;
  readonly message: string;
}

/** Log lines of a job after a position, in order. */
export async function listLogLines(
  { sql }: Store,
  id: string,
  after: { attempt: number; sequence: number },
  limit: number,
): Promise<StoredLogLine[]> {
  return await sql<StoredLogLine[]>`
    select attempt, sequence, time, level, message from log_lines
    where job_id = ${id} and (attempt, sequence) > (${after.attempt}, ${after.sequence})
    order by attempt, sequence
    limit ${limit}`;
}
