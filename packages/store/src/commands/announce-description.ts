import type { Store } from "../store.ts";

/** What has become of a description that a worker announced. */
export type AnnouncedState = "held" | "accepted" | "rejected";

export interface Announcement {
  readonly digest: string;
  readonly type: string;
  readonly version: string;
  /** What the version promises, as a digest. */
  readonly meaning: string;
  readonly document: unknown;
  readonly worker: string;
  /** Name of the token that the worker showed; undefined = none was needed. */
  readonly token: string | undefined;
}

/**
 * Keeps a description that a worker announced, once however many workers announce it. What an operator has decided stands;
 * where all are accepted, what waited for a decision waits no longer.
 *
 * @param accept whether it is accepted without an operator; else it waits for one
 * @param limit announced descriptions at most, of all kinds
 * @returns what it is now; "changed" when its version means something else already, "full" when there are too many; then
 *   nothing was kept
 */
export async function announceDescription(
  { sql }: Store,
  announcement: Announcement,
  accept: boolean,
  limit: number,
): Promise<AnnouncedState | "changed" | "full"> {
  const { digest, type, version, meaning, worker, token = null } = announcement;
  const document = JSON.stringify(announcement.document);
  const state = accept ? "accepted" : "held";
  const [row] = await sql<{ state: AnnouncedState | null; room: boolean }[]>`
    with known as (
      select state from announced_descriptions where digest = ${digest}
    ),
    room as (
      select exists (select from known) or (select count(*) from announced_descriptions) < ${limit} as room
    ),
    other as (
      select from description_versions where type = ${type} and version = ${version} and meaning <> ${meaning}
    ),
    settled as (
      insert into description_versions (type, version, meaning)
      select ${type}, ${version}, ${meaning} from room
      where room and ${accept} and not exists (select from known where known.state <> 'held')
      on conflict (type, version) do update set meaning = excluded.meaning
        where description_versions.meaning = excluded.meaning
      returning type
    ),
    saved as (
      insert into descriptions (digest, type, version, document, creation_time)
      select ${digest}, ${type}, ${version}, ${document}, uws_now() from settled
      on conflict (digest) do nothing
    ),
    announced as (
      insert into announced_descriptions
        (digest, type, version, meaning, document, state, worker, token, creation_time, decision_time)
      select ${digest}, ${type}, ${version}, ${meaning}, ${document}, ${state}, ${worker}, ${token}, uws_now(),
        case when ${accept} then uws_now() end
      from room
      where room and case when ${accept} then exists (select from settled) else not exists (select from other) end
      on conflict (digest) do update set
        state = case announced_descriptions.state when 'held' then excluded.state else announced_descriptions.state end,
        decision_time = case announced_descriptions.state
          when 'held' then excluded.decision_time else announced_descriptions.decision_time end
      returning state
    )
    select coalesce((select state from announced), (select known.state from known)) as state, room from room`;
  if (row?.state !== null && row?.state !== undefined) return row.state;
  return row?.room === true ? "changed" : "full";
}
