import { UwsError } from "@uws/core";
import type { JobDescription } from "../job-description.ts";
import { readDescription } from "../parse-description.ts";

/** A description of ours that was made of another kind of description. */
export interface Imported {
  readonly description: JobDescription;
  /** What the other one says and ours cannot, a sentence each: the rest is right without it. */
  readonly leftOut: readonly string[];
}

/** What a person says beside the file: it wins over what the file says. */
export interface ImportNames {
  readonly name?: string | undefined;
  readonly version?: string | undefined;
}

/**
 * Checks what was made.
 * @throws UwsError `invalid` that names every field that cannot be ours
 */
export function imported(document: object, leftOut: readonly string[], source: string): Imported {
  // Members that are undefined are none.
  return { description: readDescription(JSON.parse(JSON.stringify(document)), source), leftOut };
}

/** @throws UwsError `invalid`: without this, what is left would be wrong */
export function cannotExpress(source: string, place: string, why: string): never {
  throw new UwsError("invalid", `${source}: ${place}: cannot be expressed in a job description: ${why}`);
}

/** A job type's name as near to another name as may be: lower case, and none but its characters. */
export function typeName(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/g, "-")
    .replaceAll(/^[^a-z]+|-+$/g, "")
    .slice(0, 63);
}
