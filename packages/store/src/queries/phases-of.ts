import type { Phase } from "@uws/core";
import type { Store } from "../store.ts";

/** The phases of many jobs at once, for waiters whose wake-up may have been lost. Jobs that are gone are missing. */
export async function phasesOf({ sql }: Store, ids: readonly string[]): Promise<Map<string, Phase>> {
  const rows = await sql<{ id: string; phase: Phase }[]>`
    select id, phase from jobs where id = any(${ids as string[]}::uuid[])`;
  return new Map(rows.map((row) => [row.id, row.phase]));
}
