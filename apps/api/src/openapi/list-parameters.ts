import { limits, phases } from "@uws/core";
import type { JobDescription } from "@uws/description";
import { filterTime, type ParameterObject, queryParameter } from "./operation.ts";

const text = { type: "string" } as const;

/** The query of a job list. */
export function listParameters(types: readonly JobDescription[]): ParameterObject[] {
  const names = new Set(types.flatMap(({ parameters }) => Object.keys(parameters.properties ?? {})));
  return [
    queryParameter("PHASE", "Only jobs in this phase; may be repeated", {
      type: "array",
      items: { type: "string", enum: phases },
    }),
    queryParameter("AFTER", "Only jobs created later (ISO 8601, UTC)", filterTime),
    queryParameter("BEFORE", "Only jobs created earlier (ISO 8601, UTC)", filterTime),
    queryParameter("LAST", "Only the newest so many", { type: "integer", minimum: 1 }),
    queryParameter("RUNID", "Only jobs of this run id", text),
    queryParameter("TYPE", "Only jobs of this type", { type: "string", examples: types.map(({ name }) => name) }),
    queryParameter(
      "OWNER",
      "Only jobs of this owner: the caller, or somebody who has granted some to the caller",
      text,
    ),
    ...[...names].map((name) =>
      queryParameter(
        `PARAM.${name}`,
        `Only jobs whose parameter ${name} (in any case) has this value; may be repeated. At most ${limits.listParameters} such filters`,
        { type: "array", items: text },
      ),
    ),
    queryParameter("limit", "JSON only: jobs of a page", {
      type: "integer",
      minimum: 1,
      maximum: limits.listPage,
      default: limits.listPage,
    }),
    queryParameter(
      "SUMMARY",
      `JSON only: each job with its times, progress, first parameters and results; at most ${limits.listSummaries} jobs of a page`,
      { type: "boolean", default: false },
    ),
    queryParameter("cursor", "JSON only: where the page begins, from the `next` of the page before", text),
  ];
}
