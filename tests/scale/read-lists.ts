import { createHash } from "node:crypto";
import type { Store } from "@uws/store";
import { service } from "./fill.ts";

/** Which jobs a list has, and in which order. */
export interface Listed {
  readonly jobs: number;
  /** SHA-256 of their ids, one after the other. */
  readonly digest: string;
}

/** What the list of an owner is, by its definition. */
export async function expectedList({ sql }: Store, owner: string | null): Promise<Listed> {
  const [list] = await sql<[Listed]>`
    select count(*)::int as jobs,
      encode(sha256(string_agg(id::text, '' order by creation_time desc, id desc)::bytea), 'hex') as digest
    from jobs where service = ${service} and owner is not distinct from ${owner} and phase <> 'ARCHIVED'`;
  return list;
}

/** Reads a whole list over HTTP, in XML or HTML, and forgets what it has read. */
export async function readStream(url: string, accept: "text/xml" | "text/html"): Promise<Listed & { bytes: number }> {
  const answer = await fetch(url, { headers: { accept } });
  const [pattern, end] =
    accept === "text/xml"
      ? [/<uws:jobref id="([^"]+)"/g, "</uws:jobs>\n"]
      : [/<a href="[^"]+\/([0-9a-f-]{36})"/g, "</html>\n"];
  const ids = createHash("sha256");
  const decoder = new TextDecoder();
  let [jobs, bytes, text] = [0, 0, ""];
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.length;
    text += decoder.decode(chunk, { stream: true });
    let read = 0;
    for (const match of text.matchAll(pattern)) {
      ids.update(match[1] ?? "");
      jobs += 1;
      read = match.index + match[0].length;
    }
    // What begins here may end in the next chunk.
    text = text.slice(Math.max(read, text.length - 500));
  }
  if (answer.status !== 200 || !text.endsWith(end)) throw new Error(`${answer.status}, ends with ${text.slice(-100)}`);
  return { jobs, digest: ids.digest("hex"), bytes };
}

/** Reads all pages of a list in JSON. */
export async function readPages(url: string): Promise<Listed & { pages: number }> {
  const ids = createHash("sha256");
  let [jobs, pages] = [0, 0];
  for (let at: string | null = url; at !== null; pages++) {
    const answer: Response = await fetch(at, { headers: { accept: "application/json" } });
    const page = (await answer.json()) as { jobs: { jobId: string }[]; next: string | null };
    for (const { jobId } of page.jobs) ids.update(jobId);
    jobs += page.jobs.length;
    at = page.next;
  }
  return { jobs, digest: ids.digest("hex"), pages };
}
