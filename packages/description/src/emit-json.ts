import type { JobDescription } from "./job-description.ts";

/** A description as its author wrote it, nothing filled in, members in the author's order. */
export function descriptionJson({ document }: JobDescription): string {
  return JSON.stringify(document, null, 2);
}

/** Several, each as its author wrote it, and the parameter by which a job says which one it is of. */
export function descriptionListJson(descriptions: readonly JobDescription[], typeParameter: string): string {
  return JSON.stringify({ typeParameter, descriptions: descriptions.map(({ document }) => document) }, null, 2);
}
