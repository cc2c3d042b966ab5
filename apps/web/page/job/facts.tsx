import { hasEnded, type RemoteJob } from "@uws/client";
import type { ComponentChildren } from "preact";
import { formatDuration } from "../common/format.ts";
import { Time } from "../common/time.tsx";
import { useNow } from "../common/use-now.ts";

/** What is known about the job beside what it was given and has made. */
export function Facts({ job }: { readonly job: RemoteJob }) {
  const { startTime, endTime, executionDuration } = job;
  const now = useNow(startTime !== undefined && !hasEnded(job));
  const end = endTime ?? (hasEnded(job) ? undefined : now);
  const took = startTime === undefined || end === undefined ? undefined : (end.getTime() - startTime.getTime()) / 1000;
  const counters = Object.entries(job.progress?.counters ?? {});
  return (
    <dl class="facts">
      <Fact name="Job id">
        <code>{job.jobId}</code>
      </Fact>
      {job.type !== undefined && (
        <Fact name="Job type">
          {job.type} {job.typeVersion}
        </Fact>
      )}
      {job.ownerId !== undefined && <Fact name="Owner">{job.ownerId}</Fact>}
      <Fact name="Created">
        <Time time={job.creationTime} />
      </Fact>
      <Fact name="Started">
        <Time time={startTime} />
      </Fact>
      <Fact name="Ended">
        <Time time={endTime} />
      </Fact>
      {took !== undefined && <Fact name={endTime === undefined ? "Running for" : "Took"}>{formatDuration(took)}</Fact>}
      {!hasEnded(job) && (
        <Fact name="Quote" title="When it is predicted to complete">
          <Time time={job.quote} />
        </Fact>
      )}
      {job.ahead !== undefined && <Fact name="Jobs ahead">{job.ahead}</Fact>}
      <Fact name="Execution duration">
        {executionDuration === 0 ? "unlimited" : `at most ${formatDuration(executionDuration)}`}
      </Fact>
      <Fact name="Destruction">{job.destruction === undefined ? "never" : <Time time={job.destruction} />}</Fact>
      {(job.attempt ?? 0) > 0 && (
        <Fact name="Attempt">
          {job.attempt}
          {job.worker !== undefined && ` (${job.worker})`}
        </Fact>
      )}
      {counters.map(([name, count]) => (
        <Fact key={name} name={name}>
          {count}
        </Fact>
      ))}
    </dl>
  );
}

interface FactProps {
  readonly name: string;
  readonly title?: string;
  readonly children: ComponentChildren;
}

function Fact({ name, title, children }: FactProps) {
  return (
    <div>
      <dt title={title}>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
