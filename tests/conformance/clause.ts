import { test } from "bun:test";
import { allClauses } from "./clauses.ts";
import { type Subject, subject } from "./subject.ts";

const byId = new Map(allClauses.map((clause) => [clause.id, clause]));

/** Clauses that only our own server can show: they need its configuration, or are no part of the standard. */
export interface ClauseOptions {
  readonly own?: boolean;
}

/**
 * A test of one clause, named by its text. `docs/conformance.md` is made from these calls.
 * @param own only our own server can show it, not one that is named by its URL
 */
export function clause(id: string, show: (it: Subject) => Promise<void>, { own = false }: ClauseOptions = {}): void {
  const known = byId.get(id);
  if (known === undefined) throw new Error(`there is no clause ${id}`);
  const skip = own && process.env.UWS_TEST_SUBJECT !== undefined;
  (skip ? test.skip : test)(`${id}: ${known.text}`, async () => show(await subject()));
}
