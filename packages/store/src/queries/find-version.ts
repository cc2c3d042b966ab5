import type { Store } from "../store.ts";

/**
 * Reads the newest document that is kept under a version of a job type.
 * @returns undefined when there is none
 */
export async function findVersion({ sql }: Store, type: string, version: string): Promise<unknown> {
  const [row] = await sql<{ document: string }[]>`
    select document from descriptions where type = ${type} and version = ${version} order by creation_time desc limit 1`;
  return row === undefined ? undefined : JSON.parse(row.document);
}
