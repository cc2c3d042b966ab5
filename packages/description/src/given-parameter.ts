import type { Json } from "./canonical-json.ts";
import { type ArrayForm, formValue } from "./xtype/array-form.ts";

/** A parameter as a client sent it, before anyone knows whether its job type has one. */
export type GivenParameter = { readonly name: string } & (
  | { readonly value: string }
  | { readonly upload: GivenUpload }
);

export interface GivenUpload {
  readonly mediaType: string;
  /** Bytes. */
  readonly size: number;
  readonly filename: string;
}

/**
 * Parameters of a JSON object (a JSON body, an example) as a form would have them: an array is a repeated name, text
 * stands for itself, everything else is written as JSON, and null is a parameter that is not given.
 * @param formOf what an array is of a parameter of this name, where it is not a repeated name: see `arrayForm`
 */
export function givenOf(
  parameters: Readonly<Record<string, Json>>,
  formOf: (name: string) => ArrayForm | undefined = () => undefined,
): GivenParameter[] {
  return Object.entries(parameters).flatMap(([name, given]) => {
    const value = formValue(given, formOf(name));
    return (Array.isArray(value) ? (value as readonly Json[]) : [value])
      .filter((item) => item !== null)
      .map((item) => ({ name, value: typeof item === "string" ? item : JSON.stringify(item) }));
  });
}
