import { stringify } from "yaml";
import type { JobDescription } from "./job-description.ts";

const style = { aliasDuplicateObjects: false, lineWidth: 0 } as const;

/** A description as YAML 1.2 (RFC 9512): the author's data in the author's order; comments are not kept. */
export function descriptionYaml({ document }: JobDescription): string {
  return stringify(document, style);
}

/** Several, each as its author wrote it, and the parameter by which a job says which one it is of. */
export function descriptionListYaml(descriptions: readonly JobDescription[], typeParameter: string): string {
  return stringify({ typeParameter, descriptions: descriptions.map(({ document }) => document) }, style);
}
