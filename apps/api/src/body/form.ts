import type { Field } from "./field.ts";

/** The fields of `application/x-www-form-urlencoded`, repeated ones kept. */
export function readForm(text: string): Field[] {
  return [...new URLSearchParams(text)].map(([name, value]) => ({ name, value }));
}
