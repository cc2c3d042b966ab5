import { hasEnded, type JobHandle, type RemoteJob } from "@uws/client";
import { useMemo, useState } from "preact/hooks";
import { CopyButton } from "../common/copy-button.tsx";
import { shortId } from "../common/format.ts";
import { Phase, Progress } from "../common/phase.tsx";
import { Refusal } from "../common/refusal.tsx";
import { urlBelow } from "../common/url-below.ts";
import { useTitle } from "../common/use-title.ts";
import { JobActions } from "../jobs/job-actions.tsx";
import { useIdentity } from "../shell/identity.ts";
import { pathOf } from "../shell/place.ts";
import { Link, navigate } from "../shell/router.tsx";
import { clientOf } from "../shell/server.ts";
import { Attempts } from "./attempts.tsx";
import { curlCommand } from "./curl-command.ts";
import { ErrorSection } from "./error-section.tsx";
import { Facts } from "./facts.tsx";
import type { JobView } from "./job-follower.ts";
import { LogSection } from "./log.tsx";
import { Parameters } from "./parameters.tsx";
import { Results } from "./results.tsx";
import { RunTimeLimits } from "./run-time-limits.tsx";
import { useJob } from "./use-job.ts";

interface JobPageProps {
  readonly list: string;
  readonly id: string;
}

/** A job, as it lives. */
export function JobPage({ list, id }: JobPageProps) {
  const client = useMemo(() => clientOf(list), [list]);
  const handle = useMemo(() => client.job(id), [client, id]);
  const [view, lookAgain] = useJob(handle);
  const { job, error, connection } = view;
  useTitle(titleOf(id, job));

  if (error !== undefined) return <Refusal error={error} />;
  if (job === undefined) {
    return <p role="status">{connection === "lost" ? "The server does not answer; trying again …" : "Loading …"}</p>;
  }
  return (
    <>
      <Heading list={list} job={job} view={view} onDone={lookAgain} />
      <div class="columns">
        <div>
          <ErrorSection job={job} handle={handle} />
          <Results job={job} url={handle.url} />
          <LogSection log={view.log} several={(job.attempt ?? 0) > 1} />
          <Attempts job={job} />
          <CurlSection job={job} handle={handle} list={client.jobListUrl} />
        </div>
        <aside>
          <section aria-labelledby="facts">
            <h2 id="facts">Job</h2>
            <Facts job={job} />
            {connection !== "gone" && <RunTimeLimits job={job} handle={handle} onDone={lookAgain} />}
          </section>
          <Parameters job={job} url={handle.url} />
        </aside>
      </div>
    </>
  );
}

interface HeadingProps {
  readonly list: string;
  readonly job: RemoteJob;
  readonly view: JobView;
  readonly onDone: () => void;
}

function Heading({ list, job, view: { connection }, onDone }: HeadingProps) {
  const [refused, setRefused] = useState<string>();
  const client = useMemo(() => clientOf(list), [list]);
  const named = job.runId !== undefined && job.runId !== "";
  return (
    <>
      <div class="heading">
        <h1 tabIndex={-1}>{named ? job.runId : `Job ${shortId(job.jobId)}`}</h1>
        {connection !== "gone" && (
          <p class="buttons">
            <JobActions
              client={client}
              id={job.jobId}
              runId={job.runId}
              phase={job.phase}
              onRefused={setRefused}
              onDone={(action) => (action === "delete" ? navigate(pathOf({ page: "jobs", list })) : onDone())}
            />
            <Link
              class="button small"
              to={pathOf({ page: "new", list })}
              query={new URLSearchParams({ from: job.jobId })}
            >
              The same again
            </Link>
          </p>
        )}
      </div>
      <p class="state">
        <span role="status">
          <Phase phase={job.phase} />
        </span>
        {job.progress !== undefined && !hasEnded(job) && <Progress progress={job.progress} />}
        {connection === "lost" && (
          <span class="bad" role="alert">
            The connection to the server is lost; trying again …
          </span>
        )}
        {connection === "gone" && (
          <span class="bad" role="alert">
            This job has been deleted.
          </span>
        )}
        {refused !== undefined && (
          <span class="bad" role="alert">
            {refused}
          </span>
        )}
      </p>
    </>
  );
}

interface CurlSectionProps {
  readonly job: RemoteJob;
  readonly handle: JobHandle;
  readonly list: string;
}

function CurlSection({ job, handle, list }: CurlSectionProps) {
  const identity = useIdentity();
  const command = useMemo(
    () => curlCommand(job, list, (link) => urlBelow(handle.url, link), identity),
    [job.parameters, job.runId, list, handle, identity],
  );
  return (
    <details class="curl">
      <summary>The same job with curl</summary>
      <CopyButton text={command} label="Copy the command" />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <section class="scrolls" tabIndex={0} aria-label="Command">
        <pre>{command}</pre>
      </section>
    </details>
  );
}

function titleOf(id: string, job: RemoteJob | undefined): string {
  if (job === undefined) return `Job ${shortId(id)}`;
  const name = job.runId || `Job ${shortId(id)}`;
  const percent = job.progress !== undefined && !hasEnded(job) ? ` ${Math.round(job.progress.fraction * 100)} %` : "";
  return `${job.phase}${percent} – ${name}`;
}
