import type { PageOptions, RemoteService } from "@uws/client";
import { useMemo, useState } from "preact/hooks";
import { formatTime } from "../common/format.ts";
import { Refusal } from "../common/refusal.tsx";
import { textOf } from "../common/refusal-text.ts";
import { useDescriptions } from "../common/use-descriptions.ts";
import { useTitle } from "../common/use-title.ts";
import { pathOf } from "../shell/place.ts";
import { Link, navigate } from "../shell/router.tsx";
import { clientOf } from "../shell/server.ts";
import { useService } from "../shell/services-context.ts";
import { FilterForm } from "./filter-form.tsx";
import { type Chosen, JobTable } from "./job-table.tsx";
import { ManyActions } from "./many-actions.tsx";
import { Rows } from "./row-actions.tsx";
import { isFiltered, jobFilterOf, readTableFilter, type TableFilter, tableFilterQuery } from "./table-filter.ts";
import { type ShownJobs, useJobPage } from "./use-job-page.ts";

interface JobsPageProps {
  readonly list: string;
  readonly query: URLSearchParams;
}

/** The jobs of a service, newest first, a page at a time. */
export function JobsPage({ list, query }: JobsPageProps) {
  const service = useService(list);
  useTitle(`Jobs of ${service?.path ?? list}`);
  const client = useMemo(() => clientOf(list), [list]);
  const text = query.toString();
  const filter = useMemo(() => readTableFilter(new URLSearchParams(text)), [text]);
  const cursor = query.get("cursor") ?? undefined;
  const options = useMemo<PageOptions>(() => ({ ...jobFilterOf(filter), cursor }), [filter, cursor]);
  const shown = useJobPage(client, options);
  const [chosen, setChosen] = useState<Chosen>({});
  const [columns, setColumns] = useState<Readonly<Record<string, boolean>>>();
  const [said, setSaid] = useState<string>();
  const names = useParameterNames(list);
  if (service === undefined) return null;

  const jobs = (shown.page?.jobs ?? []).map((job) => ({ ...job, list, url: client.job(job.jobId).url }));
  const chosenIds = jobs.map(({ jobId }) => jobId).filter((id) => chosen[id]);
  const change = (next: TableFilter) => navigate(pathOf({ page: "jobs", list }), tableFilterQuery(next));
  const again = () => void shown.reload();
  return (
    <>
      <Heading service={service} list={list} />
      <FilterForm service={service} filter={filter} parameters={names} onChange={change} />
      {shown.page === undefined && shown.error !== undefined ? (
        <Refusal error={shown.error} />
      ) : (
        <Rows.Provider value={{ client, onDone: again, onRefused: setSaid }}>
          <Status shown={shown} filtered={isFiltered(filter)} said={said} />
          {chosenIds.length > 0 && (
            <ManyActions
              client={client}
              ids={chosenIds}
              onDone={(message) => {
                setSaid(message);
                setChosen({});
                again();
              }}
            />
          )}
          {jobs.length > 0 && (
            <JobTable
              jobs={jobs}
              visibility={columns ?? usualColumns(service, jobs)}
              onVisibility={setColumns}
              chosen={chosen}
              onChoose={setChosen}
            />
          )}
          <Pager list={list} query={query} next={shown.page?.next} />
        </Rows.Provider>
      )}
    </>
  );
}

function Heading({ service, list }: { readonly service: RemoteService; readonly list: string }) {
  return (
    <div class="heading">
      <h1 tabIndex={-1}>{service.title ?? service.path}</h1>
      <p class="buttons">
        <Link class="button primary" to={pathOf({ page: "new", list })}>
          New job
        </Link>
      </p>
    </div>
  );
}

interface StatusProps {
  readonly shown: ShownJobs;
  readonly filtered: boolean;
  /** What was done, or refused. */
  readonly said: string | undefined;
}

function Status({ shown: { page, time, error, loading, reload }, filtered, said }: StatusProps) {
  const count = page?.jobs.length ?? 0;
  const none = filtered ? "No job fits this filter." : "No jobs yet.";
  return (
    <div class="status">
      <span role="status" aria-busy={loading}>
        {page === undefined ? "Loading …" : count === 0 ? none : count === 1 ? "1 job" : `${count} jobs, newest first`}
      </span>
      {time !== undefined && <span class="hint">as of {formatTime(time).slice(11)}</span>}
      <button type="button" class="small" onClick={() => void reload()}>
        Refresh
      </button>
      {error !== undefined && <span class="bad">Could not be refreshed: {textOf(error)}</span>}
      {said !== undefined && <span role="alert">{said}</span>}
    </div>
  );
}

interface PagerProps {
  readonly list: string;
  readonly query: URLSearchParams;
  readonly next: string | undefined;
}

/** A cursor only leads on: the way back is the browser's. */
function Pager({ list, query, next }: PagerProps) {
  const to = pathOf({ page: "jobs", list });
  const at = (cursor: string | undefined) => {
    const other = new URLSearchParams(query);
    other.delete("cursor");
    if (cursor !== undefined) other.set("cursor", cursor);
    return other;
  };
  const onFirst = !query.has("cursor");
  if (onFirst && next === undefined) return null;
  return (
    <nav class="pager" aria-label="Pages">
      {!onFirst && (
        <>
          <Link class="button" to={to} query={at(undefined)}>
            Newest
          </Link>
          <button type="button" onClick={() => window.history.back()}>
            Back
          </button>
        </>
      )}
      {next !== undefined && (
        <Link class="button" to={to} query={at(next)}>
          Older jobs
        </Link>
      )}
    </nav>
  );
}

/** Without columns that would say the same in every row. */
function usualColumns(service: RemoteService, jobs: readonly { readonly ownerId: string | undefined }[]) {
  return { type: service.types.length > 1, owner: jobs.some(({ ownerId }) => ownerId !== undefined) };
}

function useParameterNames(list: string): readonly string[] {
  const { descriptions } = useDescriptions(list);
  return useMemo(
    () => [...new Set(descriptions?.types.flatMap(({ parameters }) => parameters.map(({ name }) => name)))],
    [descriptions],
  );
}
