import { isRemotePhase, type JobFilter, type RemotePhase } from "@uws/client";
import { formatTime, readFieldTime } from "../common/format.ts";

/** What of a list the table shows, as the fields of its filter hold it. The address has it under the names of the server's own filters. */
export interface TableFilter {
  readonly phases: readonly RemotePhase[];
  readonly runId: string;
  readonly type: string;
  /** In UTC. */
  readonly after: string;
  readonly before: string;
  readonly parameterName: string;
  readonly parameterValue: string;
}

export const noFilter: TableFilter = {
  phases: [],
  runId: "",
  type: "",
  after: "",
  before: "",
  parameterName: "",
  parameterValue: "",
};

/** Reads the query of the page's address; what is wrong there is left out. */
export function readTableFilter(query: URLSearchParams): TableFilter {
  const parameter = [...query].find(([name]) => name.startsWith("PARAM."));
  return {
    phases: query.getAll("PHASE").filter(isRemotePhase),
    runId: query.get("RUNID") ?? "",
    type: query.get("TYPE") ?? "",
    after: timeField(query.get("AFTER")),
    before: timeField(query.get("BEFORE")),
    parameterName: parameter?.[0].slice("PARAM.".length) ?? "",
    parameterValue: parameter?.[1] ?? "",
  };
}

/** The same as the query of an address: of the first page, since a cursor belongs to one filter. */
export function tableFilterQuery(filter: TableFilter): URLSearchParams {
  const query = new URLSearchParams();
  for (const phase of filter.phases) query.append("PHASE", phase);
  const set = (name: string, value: string) => value !== "" && query.set(name, value);
  set("RUNID", filter.runId);
  set("TYPE", filter.type);
  set("AFTER", filter.after);
  set("BEFORE", filter.before);
  if (filter.parameterName !== "") query.set(`PARAM.${filter.parameterName}`, filter.parameterValue);
  return query;
}

/** The same for the server. */
export function jobFilterOf(filter: TableFilter): JobFilter {
  const { phases, runId, type, after, before, parameterName, parameterValue } = filter;
  return {
    phases,
    runId: runId || undefined,
    type: type || undefined,
    after: readFieldTime(after),
    before: readFieldTime(before),
    parameters: parameterName === "" ? undefined : { [parameterName]: parameterValue },
  };
}

/** Whether it leaves anything out. */
export function isFiltered(filter: TableFilter): boolean {
  return tableFilterQuery(filter).size > 0;
}

function timeField(text: string | null): string {
  const time = readFieldTime(text ?? "");
  return time === undefined ? "" : formatTime(time);
}
