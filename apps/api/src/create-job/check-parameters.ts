import type { InvalidParameter, Parameter } from "@uws/core";
import { type JobDescription, validateParameters } from "@uws/description";
import { daliUploads } from "./dali-uploads.ts";

/**
 * Checks all parameters of a job against its description.
 *
 * Files to which an UPLOAD parameter refers belong to it (DALI 1.1, section 3.4.5): they are stored as parameters of the names
 * that the client chose, and whether the job type takes UPLOAD at all decides whether it takes them.
 * @param complete whether the job is to run now
 * @returns what is wrong; empty when nothing is
 */
export function checkParameters(
  description: JobDescription,
  parameters: readonly Parameter[],
  { complete }: { readonly complete: boolean },
): InvalidParameter[] {
  const referred = daliUploads(parameters);
  const belongs = (parameter: Parameter) => "upload" in parameter && referred.has(parameter.name.toLowerCase());
  const there = new Set(parameters.filter(belongs).map(({ name }) => name.toLowerCase()));
  const missing = complete ? [...referred].filter((name) => !there.has(name)) : [];
  const others = parameters.filter((parameter) => !belongs(parameter));
  return [
    ...validateParameters(description, others, { complete }),
    ...missing.map((name) => {
      const rule = `refers to param:${name}, but no file of that name was sent`;
      return { parameter: "UPLOAD", value: null, rule, message: `UPLOAD ${rule}` };
    }),
  ];
}
