import type { Service } from "./service.ts";

/** The job types of a service. */
export function typesOf({ types }: Service): readonly string[] {
  return types.map(({ name }) => name);
}
