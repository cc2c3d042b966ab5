import {
  columnVisibilityFeature,
  createColumnHelper,
  rowSelectionFeature,
  tableFeatures,
} from "@tanstack/preact-table";
import type { RemoteJobSummary } from "@uws/client";
import { formatDuration, formatSize, formatTime, shortId } from "../common/format.ts";
import { Phase, Progress } from "../common/phase.tsx";
import { Time } from "../common/time.tsx";
import { urlBelow } from "../common/url-below.ts";
import { pathOf } from "../shell/place.ts";
import { Link } from "../shell/router.tsx";
import { isActive } from "./allowed-actions.ts";
import { parameterSummary } from "./parameter-summary.ts";
import { RowActions } from "./row-actions.tsx";

/** A job and the list that it is in. */
export interface JobRow extends RemoteJobSummary {
  readonly list: string;
  /** Absolute URL, by the address under which the page was opened. */
  readonly url: string;
}

/** The order is the server's: newest first, a page at a time. */
export const features = tableFeatures({ columnVisibilityFeature, rowSelectionFeature });

const helper = createColumnHelper<typeof features, JobRow>();

/** Results that a row names. */
const resultsShown = 3;

export const columns = helper.columns([
  helper.display({
    id: "choose",
    enableHiding: false,
    header: ({ table }) => (
      <input
        type="checkbox"
        aria-label="Choose all jobs of this page"
        checked={table.getIsAllRowsSelected()}
        onChange={table.getToggleAllRowsSelectedHandler()}
      />
    ),
    cell: ({ row }) => (
      <input
        type="checkbox"
        aria-label={`Choose ${nameOf(row.original)}`}
        checked={row.getIsSelected()}
        onChange={row.getToggleSelectedHandler()}
      />
    ),
  }),
  helper.display({ id: "job", header: "Job", enableHiding: false, cell: ({ row }) => <JobName job={row.original} /> }),
  helper.display({
    id: "phase",
    header: "Phase",
    enableHiding: false,
    cell: ({ row }) => <JobPhase job={row.original} />,
  }),
  helper.display({ id: "type", header: "Type", cell: ({ row }) => row.original.type }),
  helper.display({ id: "owner", header: "Owner", cell: ({ row }) => row.original.ownerId ?? "–" }),
  helper.display({ id: "created", header: "Created", cell: ({ row }) => <Time time={row.original.creationTime} /> }),
  helper.display({ id: "took", header: "Took", cell: ({ row }) => <Took job={row.original} /> }),
  helper.display({
    id: "parameters",
    header: "Parameters",
    cell: ({ row: { original: job } }) => (
      <span class="parameters">{parameterSummary(job.parameters, job.parameterCount)}</span>
    ),
  }),
  helper.display({ id: "results", header: "Results", cell: ({ row }) => <Results job={row.original} /> }),
  helper.display({
    id: "actions",
    header: "Actions",
    enableHiding: false,
    cell: ({ row }) => <RowActions job={row.original} />,
  }),
]);

/** Headings of the columns that can be left out. */
export const columnNames: Readonly<Record<string, string>> = {
  type: "Type",
  owner: "Owner",
  created: "Created",
  took: "Took",
  parameters: "Parameters",
  results: "Results",
};

function nameOf({ runId, jobId }: JobRow): string {
  return runId === undefined || runId === "" ? shortId(jobId) : runId;
}

function JobName({ job }: { readonly job: JobRow }) {
  const to = pathOf({ page: "job", list: job.list, id: job.jobId });
  const named = job.runId !== undefined && job.runId !== "";
  return (
    <span class="name">
      <Link to={to} title={job.jobId} class={named ? undefined : "id"}>
        {nameOf(job)}
      </Link>
      {named && <span class="id hint">{shortId(job.jobId)}</span>}
    </span>
  );
}

function JobPhase({ job }: { readonly job: JobRow }) {
  const { phase, progress, error } = job;
  return (
    <>
      <Phase phase={phase} />
      {progress !== undefined && isActive(job) && <Progress progress={progress} />}
      {error !== undefined && (
        <span class="error" title={error}>
          {error}
        </span>
      )}
    </>
  );
}

function Took({ job: { startTime, endTime, phase } }: { readonly job: JobRow }) {
  if (startTime === undefined) return <>–</>;
  const running = endTime === undefined && isActive({ phase });
  if (endTime === undefined && !running) return <>–</>;
  const seconds = ((endTime ?? new Date()).getTime() - startTime.getTime()) / 1000;
  const title = `${formatTime(startTime)} – ${endTime === undefined ? "" : formatTime(endTime)}`;
  return (
    <span title={title} class={running ? "running" : undefined}>
      {formatDuration(seconds)}
    </span>
  );
}

function Results({ job }: { readonly job: JobRow }) {
  if (job.resultCount === 0) return <>–</>;
  const more = job.resultCount - Math.min(job.results.length, resultsShown);
  return (
    <span class="results">
      {job.results.slice(0, resultsShown).map(({ id, href, mediaType, size }) => (
        <a
          key={id}
          href={urlBelow(job.url, href)}
          download
          title={[mediaType, size === undefined ? undefined : formatSize(size)].filter(Boolean).join(", ")}
        >
          {id}
        </a>
      ))}
      {more > 0 && <Link to={pathOf({ page: "job", list: job.list, id: job.jobId })}>{more} more</Link>}
    </span>
  );
}
