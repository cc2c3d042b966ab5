import type { RemotePhase } from "@uws/client";

/** How commands that speak to a server end (docs/command-line.md). */
export const exitStatus = {
  done: 0,
  /** The job ended in ERROR. */
  jobFailed: 1,
  /** What was typed cannot be understood, or would overwrite a file. */
  usage: 2,
  jobAborted: 3,
  /** The server cannot be reached or says no, or something on this machine failed. */
  failed: 4,
  /** The job has not ended, but the waiting has. */
  unfinished: 5,
  /** The job is archived: how it ended is not known any more. */
  jobArchived: 6,
  /** Ctrl-C, as shells have it. */
  interrupted: 130,
  /** As if SIGPIPE had ended it. */
  nobodyReads: 141,
} as const;

/** The exit status that tells how a job is. */
export function statusOfPhase(phase: RemotePhase): number {
  switch (phase) {
    case "COMPLETED":
      return exitStatus.done;
    case "ERROR":
      return exitStatus.jobFailed;
    case "ABORTED":
      return exitStatus.jobAborted;
    case "ARCHIVED":
      return exitStatus.jobArchived;
    default:
      return exitStatus.unfinished;
  }
}

/** For `--help`. */
export const exitStatusHelp = `
Exit status: 0 done, or the job is COMPLETED; 1 the job is in ERROR; 2 wrong usage; 3 the job is ABORTED; 4 the server
cannot be reached or says no; 5 the job has not ended; 6 the job is ARCHIVED; 130 interrupted.`;
