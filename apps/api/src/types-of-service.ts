import type { Service } from "./service.ts";

/** The job types of a service. */
export function typesOf({ description }: Service): readonly string[] {
  return [description.name];
}
