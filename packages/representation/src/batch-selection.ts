import { limits, UwsError } from "@uws/core";
import { refuse, single, values, wholeNumber } from "./control.ts";
import { type ListFilter, parseListFilter } from "./list-filter.ts";

/** To which jobs something is to be done: those of a filter, or those of these ids. */
export interface BatchSelection {
  /** Without owner and LAST; undefined where ids are given. */
  readonly filter: ListFilter | undefined;
  readonly ids: readonly string[];
  /** Only say which jobs these are. */
  readonly dryRun: boolean;
  /** Jobs at most. */
  readonly limit: number;
  /** From the `next` of the answer before. */
  readonly cursor: string | undefined;
}

const filters: readonly string[] = ["PHASE", "AFTER", "BEFORE", "RUNID", "TYPE"];
const others: readonly string[] = ["ID", "DRYRUN", "LIMIT", "CURSOR"];
const isParameter = (name: string) => /^PARAM\./i.test(name);

/**
 * Reads the filters of a job list, by the list's own rules, or ID (repeatable), with DRYRUN, LIMIT and CURSOR. A name that is
 * none of these is refused, since a filter that is misspelt would not filter; so is a request without any.
 * @throws UwsError "invalid"
 */
export function parseBatchSelection(fields: URLSearchParams): BatchSelection {
  for (const name of fields.keys()) {
    if (![...filters, ...others].includes(upper(name)) && !isParameter(name)) {
      const shown = JSON.stringify(name.slice(0, 60));
      throw new UwsError(
        "invalid",
        `${shown}: not allowed here; allowed: ${filters.join(", ")}, PARAM.…, ${others.join(", ")}`,
      );
    }
  }
  const ids = [...new Set(values(fields, "ID"))];
  const filtered = [...fields.keys()].some((name) => filters.includes(upper(name)) || isParameter(name));
  const common = { dryRun: parseDryRun(fields), limit: parseLimit(fields), cursor: single(fields, "CURSOR") };
  if (ids.length > 0) {
    if (filtered || common.cursor !== undefined)
      throw new UwsError("invalid", "ID: must not be combined with filters.");
    if (ids.length > limits.batchJobs) {
      throw new UwsError("too_large", `ID is given ${ids.length} times; allowed: ${limits.batchJobs}`);
    }
    return { ...common, filter: undefined, ids };
  }
  if (!filtered) {
    throw new UwsError(
      "invalid",
      `A filter is required: ID, ${filters.join(", ")} or PARAM.…; AFTER=1970 fits every job.`,
    );
  }
  return { ...common, filter: parseListFilter(fields), ids };
}

/** What says which jobs are meant, for the URL that goes on with it. */
export function batchSelectionQuery(fields: URLSearchParams): URLSearchParams {
  return new URLSearchParams([...fields].filter(([name]) => upper(name) !== "CURSOR"));
}

/** Of other letters, some have capitals that are those of a name. */
function upper(name: string): string {
  return /^[A-Za-z]+$/.test(name) ? name.toUpperCase() : "";
}

function parseDryRun(fields: URLSearchParams): boolean {
  const given = single(fields, "DRYRUN") ?? "false";
  return given === "true" || given === "false" ? given === "true" : refuse("DRYRUN", given, "true, false");
}

function parseLimit(fields: URLSearchParams): number {
  const given = single(fields, "LIMIT");
  const limit = given === undefined ? limits.batchJobs : wholeNumber(given);
  return limit !== undefined && limit >= 1 && limit <= limits.batchJobs
    ? limit
    : refuse("LIMIT", given ?? "", `a whole number from 1 to ${limits.batchJobs}`);
}
