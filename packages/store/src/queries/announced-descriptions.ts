import type { AnnouncedState } from "../commands/announce-description.ts";
import type { Store } from "../store.ts";

/** What an operator sees of a description that a worker announced. */
export interface AnnouncedDescription {
  readonly digest: string;
  readonly type: string;
  readonly version: string;
  readonly state: AnnouncedState;
  /** Who announced it first, and the name of the token that it showed; null = none was needed. */
  readonly worker: string;
  readonly token: string | null;
  readonly creationTime: Date;
  readonly decisionTime: Date | null;
  /** The operator; null = the configuration, or nobody yet. */
  readonly decidedBy: string | null;
}

/** All of them, those that wait first, then the newest; their number is limited where they are stored. */
export async function listAnnounced({ sql }: Store): Promise<AnnouncedDescription[]> {
  return await sql<AnnouncedDescription[]>`
    select digest, type, version, state, worker, token, creation_time as "creationTime",
      decision_time as "decisionTime", decided_by as "decidedBy"
    from announced_descriptions order by state <> 'held', creation_time desc, digest`;
}

/** @returns the document as its author wrote it; undefined when nobody announced one of this digest */
export async function getAnnounced({ sql }: Store, digest: string): Promise<unknown> {
  const [row] = await sql<{ document: string }[]>`
    select document from announced_descriptions where digest = ${digest}`;
  return row === undefined ? undefined : JSON.parse(row.document);
}

/** For each of these job types the document that was accepted last. */
export async function acceptedDescriptions(
  { sql }: Store,
  types: readonly string[],
): Promise<{ digest: string; type: string; document: unknown }[]> {
  if (types.length === 0) return [];
  const rows = await sql<{ digest: string; type: string; document: string }[]>`
    select distinct on (type) digest, type, document from announced_descriptions
    where state = 'accepted' and type = any(${[...types]}::text[])
    order by type, decision_time desc nulls first, digest`;
  return rows.map(({ digest, type, document }) => ({ digest, type, document: JSON.parse(document) }));
}
