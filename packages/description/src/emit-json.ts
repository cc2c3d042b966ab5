import type { JobDescription } from "./job-description.ts";

/** A description as its author wrote it, nothing filled in, members in the author's order. */
export function descriptionJson({ document }: JobDescription): string {
  return JSON.stringify(document, null, 2);
}

/** Several, each as its author wrote it. */
export function descriptionListJson(descriptions: readonly JobDescription[]): string {
  return JSON.stringify({ descriptions: descriptions.map(({ document }) => document) }, null, 2);
}
