import type { Store } from "../store.ts";

/**
 * An operator accepts a description that a worker announced, or rejects it. The one of a type that was accepted last is
 * served, so that to accept an older one again goes back to it; jobs keep the one that they were created under.
 * @param by the operator
 * @returns "unknown" when nobody announced it, "changed" when its version means something else already
 */
export async function decideDescription(
  { sql }: Store,
  digest: string,
  decision: "accepted" | "rejected",
  by: string,
): Promise<"decided" | "unknown" | "changed"> {
  const accept = decision === "accepted";
  const [row] = await sql<{ found: boolean; decided: boolean }[]>`
    with found as (
      select digest, type, version, meaning, document from announced_descriptions where digest = ${digest} for update
    ),
    settled as (
      insert into description_versions (type, version, meaning)
      select type, version, meaning from found where ${accept}
      on conflict (type, version) do update set meaning = excluded.meaning
        where description_versions.meaning = excluded.meaning
      returning type
    ),
    saved as (
      insert into descriptions (digest, type, version, document, creation_time)
      select digest, type, version, document, uws_now() from found where exists (select from settled)
      on conflict (digest) do nothing
    ),
    decided as (
      update announced_descriptions set state = ${decision}, decision_time = uws_now(), decided_by = ${by}
      from found
      where announced_descriptions.digest = found.digest and (not ${accept} or exists (select from settled))
      returning announced_descriptions.digest
    )
    select exists (select from found) as found, exists (select from decided) as decided`;
  if (row?.decided === true) return "decided";
  return row?.found === true ? "changed" : "unknown";
}
