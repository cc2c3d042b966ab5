import { type ArrayForm, arrayForm, type JobDescription } from "@uws/description";

/**
 * What a JSON array is of a parameter, whichever of these types the job is to be of: that is said beside it, in any order. Of
 * several types that differ, the first that has the parameter as an array tells.
 */
export function arrayFormIn(types: readonly JobDescription[]): (name: string) => ArrayForm | undefined {
  return (name) => {
    for (const type of types) {
      const form = arrayForm(type, name);
      if (form !== undefined) return form;
    }
    return undefined;
  };
}
