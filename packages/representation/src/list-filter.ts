import { limits, type Phase, UwsError } from "@uws/core";
import { parsePhase, refuse, single, values, wholeNumber } from "./control.ts";
import { parseTime } from "./time.ts";

/** What of a job list a client wants to see. All that are given must hold. */
export interface ListFilter {
  /** Any of these; empty = every phase but ARCHIVED. */
  readonly phases: readonly Phase[];
  /** Created later than this, strictly. */
  readonly after?: Date;
  /** Created earlier than this, strictly. */
  readonly before?: Date;
  readonly runId?: string;
  /** The job type. */
  readonly type?: string;
  readonly owner?: string;
  /** For each, a parameter of that name, in any case, that has that value. */
  readonly parameters?: readonly { readonly name: string; readonly value: string }[];
  /** The newest so many. */
  readonly last?: number;
}

const parameterPrefix = /^PARAM\./i;

/**
 * What the query of a job list says: PHASE (repeatable), AFTER and LAST of the standard (UWS 1.1, section 2.2.2.1), and
 * RUNID, TYPE, OWNER, BEFORE and `PARAM.name=value` (repeatable) of ours. What is none of these is somebody else's.
 * @throws UwsError "invalid" that names the parameter and what is allowed
 */
export function parseListFilter(query: URLSearchParams): ListFilter {
  const after = single(query, "AFTER");
  const before = single(query, "BEFORE");
  const last = single(query, "LAST");
  const runId = text(query, "RUNID");
  const type = text(query, "TYPE");
  const owner = text(query, "OWNER");
  const parameters = parseParameters(query);
  return {
    phases: [...new Set(values(query, "PHASE").map(parsePhase))],
    ...(after === undefined ? {} : { after: parseTime(after) }),
    ...(before === undefined ? {} : { before: parseBefore(before) }),
    ...(runId === undefined ? {} : { runId }),
    ...(type === undefined ? {} : { type }),
    ...(owner === undefined ? {} : { owner }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(last === undefined ? {} : { last: parseLast(last) }),
  };
}

/** Which page of a list a client wants. */
export interface ListPage {
  /** Jobs at most. */
  readonly limit: number;
  /** From the `next` of the page before; undefined = the first page. */
  readonly cursor?: string;
  /** Whether each job comes with its summary. */
  readonly summary: boolean;
}

/**
 * LIMIT, CURSOR and SUMMARY (ours) in the query of a job list in JSON.
 * @throws UwsError "invalid"
 */
export function parseListPage(query: URLSearchParams): ListPage {
  const given = single(query, "LIMIT");
  const cursor = single(query, "CURSOR");
  const summary = parseSummary(single(query, "SUMMARY"));
  const most = summary ? limits.listSummaries : limits.listPage;
  const limit = given === undefined ? most : wholeNumber(given);
  if (limit === undefined || limit < 1 || limit > most) {
    return refuse("limit", given ?? "", `a whole number from 1 to ${most}${summary ? ", with summaries" : ""}`);
  }
  return { limit, summary, ...(cursor === undefined ? {} : { cursor }) };
}

function parseSummary(given: string | undefined): boolean {
  if (given === undefined || given === "false") return false;
  return given === "true" || refuse("SUMMARY", given, "true, false");
}

const known: readonly string[] = ["PHASE", "AFTER", "BEFORE", "LAST", "RUNID", "TYPE", "OWNER", "LIMIT", "SUMMARY"];

/** What of a query is about the list, as it was sent: for the URL of the next page, in which a token has no place. */
export function listFilterQuery(query: URLSearchParams): URLSearchParams {
  return new URLSearchParams(
    [...query].filter(([name]) => known.includes(name.toUpperCase()) || parameterPrefix.test(name)),
  );
}

function parseLast(given: string): number {
  const last = wholeNumber(given);
  if (last === undefined || last < 1) return refuse("LAST", given, "a whole number greater than 0");
  // "At most so many" is true of a smaller number, too, and the database counts in 32 bits.
  return Math.min(last, 2_147_483_647);
}

/** Jobs have milliseconds: one of 09:00:00.123 was created before 09:00:00.1234. */
function parseBefore(given: string): Date {
  const time = parseTime(given, "BEFORE");
  return /\.\d{3}0*[1-9]/.test(given) ? new Date(time.getTime() + 1) : time;
}

function parseParameters(query: URLSearchParams): { name: string; value: string }[] {
  const parameters = [...query]
    .filter(([key]) => parameterPrefix.test(key))
    .map(([key, value]) => ({ name: key.replace(parameterPrefix, ""), value: withoutNul(key, value) }));
  if (parameters.length > limits.listParameters) {
    throw new UwsError("invalid", `PARAM.… is given ${parameters.length} times; allowed: ${limits.listParameters}`);
  }
  for (const { name } of parameters) {
    if (name === "" || name.length > limits.parameterNameLength || name.includes("\0")) {
      refuse("PARAM.", name, `PARAM.name=value with a name of 1 to ${limits.parameterNameLength} characters`);
    }
  }
  return parameters;
}

function text(query: URLSearchParams, name: string): string | undefined {
  const given = single(query, name);
  return given === undefined ? undefined : withoutNul(name, given);
}

/** PostgreSQL's text holds no NUL, and refuses to compare with one. */
function withoutNul(name: string, value: string): string {
  return value.includes("\0") ? refuse(name, value.replaceAll("\0", "\\0"), "text without NUL characters") : value;
}
