import type { Store } from "../store.ts";

/**
 * Reads the document of a description, as its author wrote it.
 * @returns undefined when there is none of this digest
 */
export async function getDescription({ sql }: Store, digest: string): Promise<unknown> {
  const [row] = await sql<{ document: string }[]>`select document from descriptions where digest = ${digest}`;
  return row === undefined ? undefined : JSON.parse(row.document);
}
