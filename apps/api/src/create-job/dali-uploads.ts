import type { Parameter } from "@uws/core";

/** One item of UPLOAD: the name under which queries know the table, and where it is (DALI 1.1, section 3.4.5). */
const reference = /^[^,;]+,param:([^,;]+)$/i;

/**
 * Names of the files to which UPLOAD refers, `UPLOAD=table,param:NAME;other,param:OTHER`, in lower case. Such names are the
 * client's free choice: no description can declare them, and none needs to.
 */
export function daliUploads(parameters: readonly Parameter[]): ReadonlySet<string> {
  const names = parameters
    .flatMap((parameter) =>
      "value" in parameter && parameter.name.toUpperCase() === "UPLOAD" ? parameter.value.split(";") : [],
    )
    .flatMap((item) => reference.exec(item.trim())?.[1] ?? []);
  return new Set(names.map((name) => name.toLowerCase()));
}
