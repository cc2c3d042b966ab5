import type { Store } from "../store.ts";

/** Keeps a job description for ever under its digest; keeping it twice changes nothing. */
export async function saveDescription(
  { sql }: Store,
  description: { digest: string; type: string; version: string; document: unknown },
): Promise<void> {
  await sql`
    insert into descriptions (digest, type, version, document, creation_time)
    values (${description.digest}, ${description.type}, ${description.version},
      ${JSON.stringify(description.document)}, uws_now())
    on conflict (digest) do nothing`;
}
