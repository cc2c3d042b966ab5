import { hasEnded, type JobEvent, type JobHandle, type RemoteJob } from "@uws/client";
import { CommandError } from "./command-error.ts";
import { exitStatus } from "./exit-status.ts";
import { progressOn, showEvent } from "./progress.ts";

export interface FollowOptions {
  /** Where a person sees it; nothing is written there when it is undefined. */
  readonly stream: NodeJS.WriteStream | undefined;
  /** Told of every event. */
  readonly onEvent?: (event: JobEvent) => void;
  /** Seconds after which the waiting ends. */
  readonly atMost?: number | undefined;
}

/**
 * Shows what happens to a job until it has ended: by its events where the server has them, otherwise by waiting.
 * @returns the job as it is in the end
 * @throws CommandError when the waiting has ended before the job
 */
export async function followJob(job: JobHandle, { stream, onEvent, atMost }: FollowOptions): Promise<RemoteJob> {
  const leaving = new AbortController();
  const interrupt = () => leaving.abort(new CommandError(goesOn(job), exitStatus.interrupted));
  const timer =
    atMost === undefined
      ? undefined
      : setTimeout(() => leaving.abort(new CommandError(goesOn(job), exitStatus.unfinished)), atMost * 1000);
  // More than once: runners (npx, bun run) hand Ctrl-C on to us, who have it already.
  process.on("SIGINT", interrupt);
  const progress = stream === undefined ? undefined : progressOn(stream);
  try {
    for await (const event of job.events({ signal: leaving.signal })) {
      onEvent?.(event);
      if (progress !== undefined) showEvent(event, progress);
      if (event.type === "phase" && hasEnded(event)) break;
    }
    return await job.wait({ signal: leaving.signal });
  } finally {
    clearTimeout(timer);
    process.off("SIGINT", interrupt);
    progress?.stop();
  }
}

function goesOn({ url }: JobHandle): string {
  return `The job goes on. To see more of it: uws watch ${url}`;
}
