import type { Store } from "../store.ts";

export interface NewUserToken {
  /** The user who logs in by it. */
  readonly owner: string;
  readonly name: string;
  /** SHA-256 of the token, hexadecimal. */
  readonly hash: string;
  /** Whether its bearer may only look. */
  readonly readOnly: boolean;
  /** Paths of the services for which it is good; undefined = all. */
  readonly services: readonly string[] | undefined;
  /** Seconds from now; undefined = for ever. */
  readonly lifetime: number | undefined;
}

/**
 * Lets the bearers of a token in as a user.
 * @param limit tokens of one user at most, expired ones counted
 * @returns "taken" when the user has one of that name, "full" when there are too many, "unknown" when there is no such user
 */
export async function addUserToken(
  { sql }: Store,
  token: NewUserToken,
  limit: number,
): Promise<"added" | "taken" | "full" | "unknown"> {
  const [row] = await sql<{ room: boolean; known: boolean; added: boolean }[]>`
    with holder as (
      select (select count(*) from user_tokens where owner = ${token.owner}) < ${limit} as room from users
      where name = ${token.owner}
      for update
    ),
    added as (
      insert into user_tokens (owner, name, hash, read_only, services, creation_time, expiry)
      select ${token.owner}, ${token.name}, ${token.hash}, ${token.readOnly},
        ${token.services === undefined ? null : [...token.services]}::text[], uws_now(),
        uws_now() + make_interval(secs => ${token.lifetime ?? null})
      from holder where room
      on conflict (owner, name) do nothing
      returning name
    )
    select exists (select from holder) as known, exists (select from holder where room) as room,
      exists (select from added) as added`;
  if (row?.added === true) return "added";
  if (row?.known !== true) return "unknown";
  return row.room ? "taken" : "full";
}
