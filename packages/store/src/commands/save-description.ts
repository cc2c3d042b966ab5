import type { Store } from "../store.ts";

/** A description as the store keeps it. */
export interface NewDescription {
  readonly digest: string;
  readonly type: string;
  readonly version: string;
  /** What the version promises, as a digest; undefined = every change of the document is one of its meaning. */
  readonly meaning?: string;
  readonly document: unknown;
}

/**
 * Keeps a job description for ever under its digest; keeping it twice changes nothing. Who comes first settles what a version of
 * a type means.
 * @returns false when the version means something else; then nothing is kept
 */
export async function saveDescription({ sql }: Store, description: NewDescription): Promise<boolean> {
  const { digest, type, version, meaning = digest, document } = description;
  const [row] = await sql<{ kept: boolean }[]>`
    with settled as (
      insert into description_versions (type, version, meaning) values (${type}, ${version}, ${meaning})
      on conflict (type, version) do update set meaning = excluded.meaning
        where description_versions.meaning = excluded.meaning
      returning type
    ),
    saved as (
      insert into descriptions (digest, type, version, document, creation_time)
      select ${digest}, ${type}, ${version}, ${JSON.stringify(document)}, uws_now() from settled
      on conflict (digest) do nothing
    )
    select exists (select from settled) as kept`;
  return row?.kept === true;
}
