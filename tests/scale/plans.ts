import { limits, type Phase } from "@uws/core";
import { type JobListFilter, jobListStatement, type ListPosition, type Store } from "@uws/store";
import { creationTime, service, type } from "./fill.ts";

/** What is asked of a list of many jobs. */
export interface Question {
  readonly what: string;
  readonly filter: Omit<JobListFilter, "service" | "owner">;
  /** Where a page goes on that is not the first. */
  readonly from?: ListPosition;
  /** The index that its plan walks along. */
  readonly index: "jobs_list" | "jobs_list_of_phase" | "jobs_list_of_run";
}

const none: readonly Phase[] = [];
const some: readonly Phase[] = ["EXECUTING", "QUEUED", "ERROR", "ARCHIVED"];

/** @param count of jobs that one owner has */
export function questions(count: number): Question[] {
  const after = creationTime(count / 2);
  const from = { time: after, id: "ffffffff-ffff-ffff-ffff-ffffffffffff" };
  const list = { phases: none };
  const executing: { phases: readonly Phase[] } = { phases: ["EXECUTING"] };
  return [
    { what: "the list, first batch", filter: list, index: "jobs_list" },
    { what: "the list, a batch or page in its middle", filter: list, from, index: "jobs_list" },
    { what: "LAST=100", filter: { ...list, last: 100 }, index: "jobs_list" },
    { what: "AFTER half of all", filter: { ...list, after }, index: "jobs_list" },
    { what: "AFTER half of all, LAST=100", filter: { ...list, after, last: 100 }, index: "jobs_list" },
    { what: "BEFORE half of all", filter: { ...list, before: after }, index: "jobs_list" },
    { what: "PHASE=EXECUTING (0.3 % of all)", filter: executing, index: "jobs_list_of_phase" },
    { what: "PHASE=EXECUTING, a page in its middle", filter: executing, from, index: "jobs_list_of_phase" },
    { what: "PHASE=EXECUTING, LAST=10", filter: { ...executing, last: 10 }, index: "jobs_list_of_phase" },
    { what: "PHASE=EXECUTING, AFTER half of all", filter: { ...executing, after }, index: "jobs_list_of_phase" },
    { what: "four PHASEs, ARCHIVED among them", filter: { phases: some }, index: "jobs_list_of_phase" },
    { what: "four PHASEs, LAST=100", filter: { phases: some, last: 100 }, index: "jobs_list_of_phase" },
    {
      what: "four PHASEs, AFTER half, LAST=100",
      filter: { phases: some, after, last: 100 },
      index: "jobs_list_of_phase",
    },
    { what: "four PHASEs, a page in the middle", filter: { phases: some }, from, index: "jobs_list_of_phase" },
    { what: "RUNID, which 1000 share", filter: { ...list, runId: "run-7" }, index: "jobs_list_of_run" },
    { what: "RUNID and PHASE", filter: { ...executing, runId: "run-7" }, index: "jobs_list_of_run" },
    { what: "TYPE", filter: { ...list, type }, index: "jobs_list" },
    {
      what: "a value of a parameter that one job has, 2000 rows looked at",
      filter: { ...list, parameters: [{ name: "label", value: "field 7" }] },
      index: "jobs_list",
    },
  ];
}

/** What PostgreSQL did for one statement. */
export interface Planned {
  /** Kinds of node, each once. */
  readonly nodes: readonly string[];
  readonly indices: readonly string[];
  /** Of the table; those that did not fit are counted as well. */
  readonly rows: number;
  /** Pages of 8 KiB, those of indices counted as well. */
  readonly pages: number;
  /** Planning and execution. */
  readonly milliseconds: number;
}

/** All that a plan may consist of: no sort, and no scan but along an index. Parameters of a row are a function's result. */
export const allowedNodes = ["Limit", "Index Scan", "Merge Append", "Subquery Scan", "WindowAgg", "Function Scan"];

/** Runs the statement that reads the question's jobs of an owner, as a list's first batch or a page is read. */
export async function planOf({ sql }: Store, owner: string | null, { filter, from }: Question): Promise<Planned> {
  const { text, values } = jobListStatement({ service, owner, ...filter }, from, portionOf(filter));
  const [answer] = await sql.unsafe<{ "QUERY PLAN": [Explained] }[]>(
    `explain (analyze, buffers, format json) ${text}`,
    values,
  );
  const explained = answer?.["QUERY PLAN"][0];
  if (explained === undefined) throw new Error("PostgreSQL explains nothing.");
  const nodes = nodesOf(explained.Plan);
  const walks = nodes.filter((node) => node["Relation Name"] === "jobs");
  return {
    nodes: [...new Set(nodes.map((node) => node["Node Type"]))],
    indices: [...new Set(walks.map((node) => node["Index Name"] ?? "none"))],
    rows: walks.reduce(
      (sum, node) => sum + (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0)) * node["Actual Loops"],
      0,
    ),
    pages: explained.Plan["Shared Hit Blocks"] + explained.Plan["Shared Read Blocks"],
    milliseconds: explained["Planning Time"] + explained["Execution Time"],
  };
}

/**
 * How many rows the statement may look at: those that it gives or, where it must look whether they fit, its portion; and
 * one more for each phase, of which the merge holds the next.
 */
export function rowsAllowed({ filter }: Question): number {
  const { jobs, rows } = portionOf(filter);
  const looks = filter.type !== undefined || filter.parameters !== undefined || filter.runId !== undefined;
  return (looks ? rows : jobs) + filter.phases.length;
}

function portionOf({ last }: Question["filter"]) {
  return { jobs: Math.min(limits.listPage, last ?? limits.listPage), rows: 2000 };
}

interface PlanNode {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Index Name"?: string;
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly "Rows Removed by Filter"?: number;
  readonly "Shared Hit Blocks": number;
  readonly "Shared Read Blocks": number;
  readonly Plans?: readonly PlanNode[];
}

interface Explained {
  readonly Plan: PlanNode;
  readonly "Planning Time": number;
  readonly "Execution Time": number;
}

function nodesOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}
