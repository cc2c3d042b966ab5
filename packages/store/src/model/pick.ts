import fc from "fast-check";
import type { Bearer, JobModel, Model } from "./job-model.ts";

/** Which job; most are the first, so that something becomes of it. */
export const job = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.nat(2) });

export function at({ jobs }: Model, index: number): JobModel {
  const found = jobs[index % jobs.length];
  if (found === undefined) throw new Error("A sequence begins with a job.");
  return found;
}

/** Mostly who may write. */
export const bearer = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Bearer>("current") },
  { weight: 2, arbitrary: fc.constantFrom<Bearer>("old", "foreign", "invented") },
);
