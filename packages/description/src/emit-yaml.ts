import { stringify } from "yaml";
import type { JobDescription } from "./job-description.ts";

/** A description as YAML 1.2 (RFC 9512): the author's data in the author's order; comments are not kept. */
export function descriptionYaml({ document }: JobDescription): string {
  return stringify(document, { aliasDuplicateObjects: false, lineWidth: 0 });
}
