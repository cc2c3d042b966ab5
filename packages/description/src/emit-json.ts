import type { JobDescription } from "./job-description.ts";

/** A description as its author wrote it, nothing filled in, members in the author's order. */
export function descriptionJson({ document }: JobDescription): string {
  return JSON.stringify(document, null, 2);
}
