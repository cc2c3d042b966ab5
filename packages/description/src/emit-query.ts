import { givenOf } from "./given-parameter.ts";
import type { JobDescription } from "./job-description.ts";
import { arrayForm } from "./xtype/array-form.ts";

/** Characters that an example may have so that it still fits into everybody's URL. */
const length = 1000;

/** The first example as a query, without a question mark; undefined where no example is short enough. */
export function exampleQuery(description: JobDescription): string | undefined {
  for (const { parameters } of description.examples) {
    const query = new URLSearchParams();
    for (const given of givenOf(parameters, (name) => arrayForm(description, name)))
      if ("value" in given) query.append(given.name, given.value);
    const text = query.toString();
    if (text.length > 0 && text.length <= length) return text;
  }
  return undefined;
}
