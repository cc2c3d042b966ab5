import type { Store } from "../store.ts";

export interface NewWorkerToken {
  readonly name: string;
  /** SHA-256 of the token, hexadecimal. */
  readonly hash: string;
  /** Job types that its bearer may run; undefined = all. */
  readonly types: readonly string[] | undefined;
  /** Seconds from now; undefined = for ever. */
  readonly lifetime: number | undefined;
}

/**
 * Lets the bearers of a token in.
 * @param limit tokens at most, expired ones counted
 * @returns "taken" when there is one of that name, "full" when there are too many
 */
export async function addWorkerToken(
  { sql }: Store,
  token: NewWorkerToken,
  limit: number,
): Promise<"added" | "taken" | "full"> {
  const [row] = await sql<{ room: boolean; added: boolean }[]>`
    with room as (select count(*) < ${limit} as room from worker_tokens),
    added as (
      insert into worker_tokens (name, hash, types, creation_time, expiry)
      select ${token.name}, ${token.hash}, ${token.types === undefined ? null : [...token.types]}::text[], uws_now(),
        uws_now() + make_interval(secs => ${token.lifetime ?? null})
      from room where room
      on conflict (name) do nothing
      returning name
    )
    select room, exists (select from added) as added from room`;
  if (row?.added === true) return "added";
  return row?.room === true ? "taken" : "full";
}
